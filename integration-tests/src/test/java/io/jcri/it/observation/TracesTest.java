package io.jcri.it.observation;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.MetadataUtils;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.otlp.v1.Otlp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Traces of calls, as a collector gets them. */
class TracesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String NOBODY = "0123456789abcdef".repeat(4);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final TraceReceiver RECEIVER = new TraceReceiver();
  private static int traces;

  @BeforeAll
  static void listen() throws IOException {
    RECEIVER.start(0);
  }

  @AfterAll
  static void stopListening() {
    RECEIVER.close();
  }

  /** Starts the daemon anew, which sends at once what it has unless the test wants otherwise. */
  private static void startWith(String... more) throws IOException {
    NODE.daemon().stop();
    List<String> variables =
        new ArrayList<>(
            List.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:" + RECEIVER.port(),
                "OTEL_BSP_SCHEDULE_DELAY=10"));
    variables.addAll(List.of(more));
    NODE.daemon().startWithVariables(variables);
  }

  private static String newTrace() {
    traces++;
    return "4bf92f3577b34da6a3ce929d0e0e%04x".formatted(traces);
  }

  /** Calls as a kubelet with traces makes them. */
  private static RuntimeServiceBlockingStub traced(String traceId, String flags) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-%s-%s-%s".formatted(traceId, CALLER, flags));
    return NODE.cri()
        .runtime()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void aPodsStartIsASpanBelowItsCallersWithOneForEachStage() throws IOException {
    startWith(
        "OTEL_SERVICE_NAME=node under test",
        "OTEL_RESOURCE_ATTRIBUTES=deployment.environment=a%20b",
        "OTEL_EXPORTER_OTLP_HEADERS=x-token=secret");
    String trace = newTrace();
    PodSandboxConfig config = NODE.podConfig().build();
    String pod =
        traced(trace, "01")
            .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
            .getPodSandboxId();

    Otlp.Span call = RECEIVER.await(trace, "RunPodSandbox");
    assertThat(call.getName()).isEqualTo("runtime.v1.RuntimeService/RunPodSandbox");
    assertThat(call.getKind()).isEqualTo(Otlp.Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(TraceReceiver.hex(call.getParentSpanId())).isEqualTo(CALLER);
    assertThat(call.getFlags()).isEqualTo(0x301); // sampled; the parent is known to be remote
    assertThat(call.getStatus().getCode()).isEqualTo(Otlp.Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(TraceReceiver.texts(call.getAttributesList()))
        .containsAllEntriesOf(
            Map.of(
                "rpc.system", "grpc",
                "rpc.service", "runtime.v1.RuntimeService",
                "rpc.method", "RunPodSandbox",
                "rpc.grpc.status_code", "0",
                "k8s.namespace.name", "it",
                "k8s.pod.name", config.getMetadata().getName(),
                "jcri.pod.id", pod))
        .containsKey("jcri.call");

    List<Otlp.Span> stages =
        RECEIVER.of(trace).stream().filter(span -> !span.equals(call)).toList();
    assertThat(stages)
        .allSatisfy(stage -> {
          assertThat(stage.getParentSpanId()).isEqualTo(call.getSpanId());
          assertThat(stage.getKind()).isEqualTo(Otlp.Span.SpanKind.SPAN_KIND_INTERNAL);
          assertThat(stage.getStartTimeUnixNano())
              .isBetween(call.getStartTimeUnixNano(), stage.getEndTimeUnixNano());
          assertThat(stage.getEndTimeUnixNano()).isLessThanOrEqualTo(call.getEndTimeUnixNano());
        })
        .extracting(Otlp.Span::getName)
        .contains("sandbox", "record", "network", "files");
    assertThat(RECEIVER.resource())
        .containsEntry("service.name", "node under test")
        .containsEntry("deployment.environment", "a b")
        .containsKey("service.version");
    assertThat(RECEIVER.tokens()).contains("secret");
  }

  @Test
  void aContainersCallsNameItAndFailuresHaveTheirCode() throws IOException {
    startWith();
    String trace = newTrace();
    TestPod pod = NODE.pod();
    TestContainer container = pod.create(pod.container("sleep", "1000"));
    traced(trace, "01")
        .startContainer(StartContainerRequest.newBuilder().setContainerId(container.id()).build());
    Otlp.Span start = RECEIVER.await(trace, "StartContainer");
    assertThat(TraceReceiver.texts(start.getAttributesList()))
        .containsEntry("container.id", container.id())
        .containsEntry("k8s.container.name", "c1")
        .containsEntry("jcri.pod.id", pod.id());
    assertThat(RECEIVER.of(trace)).extracting(Otlp.Span::getName).contains("shim", "runtime");

    TestContainer bad = pod.create(pod.container("/no/such/command"));
    String failing = newTrace();
    assertRefused(
        () ->
            traced(failing, "01")
                .startContainer(
                    StartContainerRequest.newBuilder().setContainerId(bad.id()).build()),
        Code.INTERNAL,
        "/no/such/command");
    Otlp.Span failed = RECEIVER.await(failing, "StartContainer");
    assertThat(failed.getStatus().getCode()).isEqualTo(Otlp.Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(failed.getStatus().getMessage()).contains("/no/such/command");

    String asking = newTrace();
    assertRefused(
        () ->
            traced(asking, "01")
                .containerStatus(
                    ContainerStatusRequest.newBuilder().setContainerId(NOBODY).build()),
        Code.NOT_FOUND,
        NOBODY);
    Otlp.Span asked = RECEIVER.await(asking, "ContainerStatus");
    assertThat(asked.getStatus().getCode()).isEqualTo(Otlp.Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(TraceReceiver.texts(asked.getAttributesList()))
        .containsEntry("rpc.grpc.status_code", "5");
  }

  @Test
  void whatTheCallerDoesNotRecordIsNotRecordedHere() throws IOException {
    startWith("OTEL_TRACES_SAMPLER=parentbased_always_off");
    String unsampled = newTrace();
    version(unsampled, "00");
    String sampled = newTrace();
    version(sampled, "01");
    RECEIVER.await(sampled, "Version");
    assertThat(RECEIVER.of(unsampled)).isEmpty();
  }

  private static void version(String trace, String flags) {
    var _ = traced(trace, flags).version(VersionRequest.getDefaultInstance());
  }

  @Test
  void aReceiverThatWasGoneGetsWhatWasKeptAndTheLogTellsOnceOfEach() throws IOException {
    NODE.daemon().stop();
    Files.delete(NODE.daemon().log());
    startWith();
    String before = newTrace();
    version(before, "01");
    RECEIVER.await(before, "Version");
    int port = RECEIVER.port();
    RECEIVER.stop();
    String meanwhile = newTrace();
    version(meanwhile, "01");
    Waiting.until(
        PATIENCE, () -> told("traces can't be sent to 127.0.0.1:") > 0, () -> "nothing is told");
    String more = newTrace();
    version(more, "01");
    RECEIVER.start(port);
    RECEIVER.await(meanwhile, "Version");
    RECEIVER.await(more, "Version");
    Waiting.until(PATIENCE, () -> told("are sent to") == 1, () -> "its return is not told");
    assertThat(told("traces can't be sent")).isEqualTo(1);
  }

  private static long told(String text) throws IOException {
    return Files.readAllLines(NODE.daemon().log()).stream()
        .filter(line -> line.contains(text))
        .count();
  }

  @Test
  void aReceiverMayHaveACertificate() throws IOException {
    Path key = NODE.scratch().disk().resolve("receiver.key");
    Path certificate = NODE.scratch().disk().resolve("receiver.crt");
    Command.of(
            List.of(
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
                        + " -subj /CN=receiver -addext subjectAltName=IP:127.0.0.1 -keyout %s -out"
                        + " %s")
                    .formatted(key, certificate)
                    .split(" ", -1)))
        .run()
        .orThrow();
    try (TraceReceiver receiver = new TraceReceiver()) {
      receiver.start(0, TlsServerCredentials.create(certificate.toFile(), key.toFile()));
      startWith(
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://127.0.0.1:" + receiver.port(),
          "OTEL_EXPORTER_OTLP_CERTIFICATE=" + certificate);
      String trace = newTrace();
      version(trace, "01");
      receiver.await(trace, "Version");
    }
  }

  @Test
  void aDaemonThatStopsSendsWhatWaits() throws IOException {
    startWith("OTEL_BSP_SCHEDULE_DELAY=600000");
    String trace = newTrace();
    version(trace, "01");
    assertThat(RECEIVER.of(trace)).isEmpty();
    NODE.daemon().stop();
    RECEIVER.await(trace, "Version");
    NODE.daemon().start();
  }

  @Test
  void theConfigurationNamesAReceiverAsWellAndAVariableTurnsItOff() throws IOException {
    NODE.daemon().stop();
    Path file = NODE.daemon().configuration();
    String before = Files.readString(file);
    Files.writeString(
        file, before + "\n[tracing]\nendpoint = \"127.0.0.1:%d\"\n".formatted(RECEIVER.port()));
    try {
      NODE.daemon().start();
      String trace = newTrace();
      version(trace, "01");
      RECEIVER.await(trace, "Version");
      assertThat(loadedClasses()).contains("io.jcri.daemon.cri.tracing.");

      NODE.daemon().stop();
      NODE.daemon().startWithVariables(List.of("OTEL_SDK_DISABLED=true"));
      assertThat(NODE.cri().runtime().version(VersionRequest.getDefaultInstance())).isNotNull();
      assertThat(loadedClasses()).doesNotContain(".cri.tracing.", "io.jcri.otlp.");
    } finally {
      NODE.daemon().stop();
      Files.writeString(file, before);
      NODE.daemon().start();
    }
  }

  @Test
  void aDaemonWithoutTracesLoadsNothingOfThem() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().start();
    String trace = newTrace();
    version(trace, "01");
    NODE.pod();
    assertThat(loadedClasses())
        .contains("io.jcri.daemon.cri.CriServer")
        .doesNotContain(".cri.tracing.", "io.jcri.otlp.");
    assertThat(RECEIVER.of(trace)).isEmpty();
  }

  private static String loadedClasses() throws IOException {
    return Command.of(
            Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
            Long.toString(NODE.daemon().process().pid()),
            "VM.class_hierarchy")
        .run()
        .orThrow()
        .out();
  }
}
