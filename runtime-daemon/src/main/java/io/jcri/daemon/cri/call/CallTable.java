package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import java.util.HashMap;
import java.util.Map;

/**
 * Which handler answers which method of a service. A method without one is answered UNIMPLEMENTED,
 * as the generated base class of the service would.
 *
 * <p>Filled by one thread, before it is bound.
 */
public final class CallTable implements BindableService {
  private final ServiceDescriptor service;
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();

  /** Of a service, with the calls of some features. */
  public CallTable(ServiceDescriptor service, CallGroup... groups) {
    this.service = service;
    for (CallGroup group : groups) {
      group.addTo(this);
    }
  }

  /** One reply, made in gRPC's thread of the call. */
  public <Q, R> CallTable unary(MethodDescriptor<Q, R> method, Call<Q, R> call) {
    return own(method, (request, observer) -> Unary.answer(name(method), call, request, observer));
  }

  /** One reply that may take minutes: see {@link LongCalls}. */
  public <Q extends Message, R> CallTable slow(MethodDescriptor<Q, R> method, Call<Q, R> call) {
    return own(
        method, (request, observer) -> LongCalls.answer(name(method), call, request, observer));
  }

  /** One reply, whose handler sees to threads and failures itself. */
  public <Q, R> CallTable own(
      MethodDescriptor<Q, R> method, ServerCalls.UnaryMethod<Q, R> handler) {
    return put(method, ServerCalls.asyncUnaryCall(handler));
  }

  /** Many replies: see {@link Streaming}. */
  public <Q, R> CallTable stream(MethodDescriptor<Q, R> method, StreamCall<Q, R> call) {
    return put(
        method,
        ServerCalls.asyncServerStreamingCall(
            (request, observer) -> Streaming.answer(name(method), call, request, observer)));
  }

  /** The same; there are never more bytes than so many on their way. */
  public <Q, R> CallTable stream(
      MethodDescriptor<Q, R> method, StreamCall<Q, R> call, int inFlightBytes) {
    return put(
        method,
        ServerCalls.asyncServerStreamingCall((request, observer) ->
            Streaming.answer(name(method), call, request, observer, inFlightBytes)));
  }

  private static String name(MethodDescriptor<?, ?> method) {
    return String.valueOf(method.getBareMethodName());
  }

  private <Q, R> CallTable put(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
    String name = method.getFullMethodName();
    if (methods.putIfAbsent(name, ServerMethodDefinition.create(method, handler)) != null) {
      throw new IllegalStateException("two handlers for " + name);
    }
    return this;
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition.Builder bound = ServerServiceDefinition.builder(service);
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      if (!methods.containsKey(method.getFullMethodName())) {
        bound.addMethod(unimplemented(method));
      }
    }
    methods.values().forEach(bound::addMethod);
    return bound.build();
  }

  private static <Q, R> ServerMethodDefinition<Q, R> unimplemented(MethodDescriptor<Q, R> method) {
    return ServerMethodDefinition.create(
        method,
        method.getType().serverSendsOneMessage()
            ? ServerCalls.asyncUnaryCall(
                (_, observer) -> ServerCalls.asyncUnimplementedUnaryCall(method, observer))
            : ServerCalls.asyncServerStreamingCall(
                (_, observer) -> ServerCalls.asyncUnimplementedUnaryCall(method, observer)));
  }
}
