package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Gives a service's methods a decoder that looks at a request before it makes it: what is too much
 * in memory becomes an empty message, and {@link Requests} ends the call.
 */
public final class BoundedRequests {
  /** Smaller ones are bounded by the number of calls. */
  private static final int SMALL = 4 << 10;

  private BoundedRequests() {}

  public static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    ServerServiceDefinition.Builder bounded;
    var methods = service.getMethods().stream().map(BoundedRequests::of).toList();
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    bounded = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(bounded::addMethod);
    return bounded.build();
  }

  private static <Q, R> ServerMethodDefinition<Q, R> of(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> plain = method.getMethodDescriptor();
    if (plain.getRequestMarshaller() instanceof PrototypeMarshaller<Q> marshaller
        && marshaller.getMessagePrototype() instanceof Message prototype) {
      MethodDescriptor<Q, R> bounded =
          plain.toBuilder(new Decoder<>(marshaller, prototype), plain.getResponseMarshaller())
              .build();
      return ServerMethodDefinition.create(bounded, method.getServerCallHandler());
    }
    return method;
  }

  private record Decoder<Q>(PrototypeMarshaller<Q> plain, Message prototype)
      implements MethodDescriptor.Marshaller<Q> {
    @Override
    public InputStream stream(Q value) {
      return plain.stream(value);
    }

    @Override
    public Q parse(InputStream stream) {
      try {
        if (stream.available() <= SMALL) {
          return plain.parse(stream);
        }
        byte[] bytes = stream.readAllBytes();
        long size = DecodedSize.of(bytes, prototype.getDescriptorForType());
        return plain.parse(
            Requests.mayHold(size)
                ? new ByteArrayInputStream(bytes)
                : InputStream.nullInputStream());
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("malformed request: " + e.getMessage())
            .withCause(e)
            .asRuntimeException();
      }
    }
  }
}
