package io.jcri.it.observation;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.stub.StreamObserver;
import io.jcri.it.kit.Waiting;
import io.jcri.otlp.v1.Otlp;
import io.jcri.otlp.v1.TraceServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes traces as a collector of OpenTelemetry's does: OTLP over gRPC. Thread-safe. */
final class TraceReceiver implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER);

  private final List<Otlp.Span> spans = new CopyOnWriteArrayList<>();
  private final List<Otlp.Resource> resources = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private @Nullable Server server;

  private final class Service extends TraceServiceGrpc.TraceServiceImplBase {
    @Override
    public void export(
        Otlp.ExportTraceServiceRequest request,
        StreamObserver<Otlp.ExportTraceServiceResponse> observer) {
      request
          .getResourceSpansList()
          .forEach(of -> {
            resources.add(of.getResource());
            of.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
          });
      observer.onNext(Otlp.ExportTraceServiceResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  private final class Tokens implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      @Nullable String token = headers.get(TOKEN);
      if (token != null) {
        tokens.add(token);
      }
      return next.startCall(call, headers);
    }
  }

  /** Listens, on a port of the machine's choice or on the one that it had before. */
  void start(int port) throws IOException {
    start(port, InsecureServerCredentials.create());
  }

  /** The same, with TLS. */
  void start(int port, ServerCredentials credentials) throws IOException {
    server =
        Grpc.newServerBuilderForPort(port, credentials)
            .addService(new Service())
            .intercept(new Tokens())
            .build()
            .start();
  }

  int port() {
    return started().getPort();
  }

  private Server started() {
    if (server == null) {
      throw new IllegalStateException("the receiver is not started");
    }
    return server;
  }

  /** Goes away; what it has received stays. */
  void stop() {
    started().shutdownNow();
    try {
      started().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What came with requests as {@code x-token}. */
  List<String> tokens() {
    return tokens;
  }

  /** What was said of the process that sends. */
  Map<String, String> resource() {
    return texts(resources.getLast().getAttributesList());
  }

  /** All of a trace's so far. */
  List<Otlp.Span> of(String traceId) {
    return spans.stream().filter(span -> hex(span.getTraceId()).equals(traceId)).toList();
  }

  /** The span of a call, once it is there; those of its stages have come before. */
  Otlp.Span await(String traceId, String method) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> find(traceId, method).isPresent(),
        () -> "no span of %s among %s".formatted(method, of(traceId)));
    return find(traceId, method).orElseThrow();
  }

  private Optional<Otlp.Span> find(String traceId, String method) {
    return of(traceId).stream().filter(span -> span.getName().endsWith("/" + method)).findFirst();
  }

  static Map<String, String> texts(List<Otlp.KeyValue> attributes) {
    return attributes.stream()
        .collect(
            Collectors.toMap(
                Otlp.KeyValue::getKey,
                one ->
                    one.getValue().hasIntValue()
                        ? Long.toString(one.getValue().getIntValue())
                        : one.getValue().getStringValue()));
  }

  static String hex(com.google.protobuf.ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Override
  public void close() {
    stop();
  }
}
