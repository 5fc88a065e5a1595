package io.jcri.daemon.cri.tracing;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.BuildInfo;
import io.jcri.otlp.v1.TraceServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Traces of calls, from the first to the last. Thread-safe; closed once. */
public final class Tracing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tracing.class);

  private final CallTraces calls;
  private final SpanExporter exporter;
  private final ManagedChannel channel;

  private Tracing(CallTraces calls, SpanExporter exporter, ManagedChannel channel) {
    this.calls = calls;
    this.exporter = exporter;
    this.channel = channel;
  }

  /**
   * Begins to record calls, and to send what is recorded. The receiver need not be there.
   *
   * @param environment with OpenTelemetry's variables, which beat the rest
   * @param endpoint of the configuration; empty when a variable names one
   * @param ratio which part of the traces that begin here is recorded, from 0 to 1
   * @throws IOException when the certificates can't be read that are to be trusted
   */
  public static Tracing start(Map<String, String> environment, String endpoint, double ratio)
      throws IOException {
    TracingSettings settings = TracingSettings.of(environment, endpoint, ratio, ownResource());
    settings.problems().forEach(log::warn);
    ManagedChannel channel =
        Grpc.newChannelBuilder(settings.target(), credentials(settings)).build();
    TraceServiceGrpc.TraceServiceBlockingStub service =
        TraceServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(settings)));
    SpanExporter exporter =
        new SpanExporter(
            settings,
            spans ->
                service
                    .withDeadlineAfter(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .export(OtlpMessages.request(settings.resource(), BuildInfo.version(), spans)));
    exporter.start();
    CurrentCall.observe(CallTraces::begun);
    log.info("traces go to {}", settings.target());
    return new Tracing(new CallTraces(settings.sampler(), exporter::add), exporter, channel);
  }

  private static Map<String, String> ownResource() {
    Map<String, String> resource = new LinkedHashMap<>();
    resource.put("service.name", "jcri");
    resource.put("service.version", BuildInfo.version());
    resource.put("process.pid", Long.toString(ProcessHandle.current().pid()));
    try {
      String host = Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8);
      resource.put("host.name", host.strip());
    } catch (IOException e) {
      log.debug("the machine's name is not known: {}", e.getMessage());
    }
    return resource;
  }

  private static ChannelCredentials credentials(TracingSettings settings) throws IOException {
    if (!settings.tls()) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    if (settings.certificate().isPresent()) {
      tls.trustManager(settings.certificate().get().toFile());
    }
    return tls.build();
  }

  private static Metadata headers(TracingSettings settings) {
    Metadata headers = new Metadata();
    settings
        .headers()
        .forEach((name, value) ->
            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return headers;
  }

  /** Sees each call of a server. */
  public ServerInterceptor interceptor() {
    return calls;
  }

  /** How many spans nobody was sent, for want of room or of a receiver. */
  public long dropped() {
    return exporter.dropped();
  }

  /** Sends what is left, if that is done within seconds. */
  @Override
  public void close() {
    exporter.close();
    channel.shutdownNow();
  }
}
