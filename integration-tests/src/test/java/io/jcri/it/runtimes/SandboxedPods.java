package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStats;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RuntimeHandler;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.cri.v1.UserNamespace;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.it.streaming.SpdyClient;
import io.jcri.it.streaming.SpdyStream;
import io.jcri.it.streaming.Urls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a pod must be able to do when its containers are put into a sandbox container, whichever
 * runtime makes that. The node looks after each test for what is left.
 */
abstract class SandboxedPods {
  @RegisterExtension static final TestNode NODE = new TestNode();

  static final String HANDLER = "sandboxed";
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Starts the daemon anew with {@link #HANDLER}, which these lines of the configuration make. */
  static void configure(String... lines) throws IOException {
    NODE.daemon().stop();
    Files.writeString(
        NODE.daemon().configuration(),
        "\n[handlers.%s]\n%s\n".formatted(HANDLER, String.join("\n", lines)),
        StandardOpenOption.APPEND);
    NODE.daemon().start();
  }

  static TestPod pod() throws IOException {
    return NODE.pod(NODE.podConfig(), HANDLER);
  }

  /** The process on this host that holds all of a pod, or its sandbox container's first. */
  static long sandboxProcess(TestPod pod) throws IOException {
    Path file =
        NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("container/init.pid");
    return Long.parseLong(Files.readString(file).strip());
  }

  private static List<String> texts(TestContainer container) throws IOException {
    return container.log().stream().map(CriLog.Line::text).toList();
  }

  @Test
  void outputAndExitCodeOfEachContainerAreKept() throws IOException {
    TestPod pod = pod();
    TestContainer good = pod.start("sh", "-c", "echo out; echo err >&2");
    TestContainer bad = pod.start("sh", "-c", "echo before; exit 7");
    assertThat(good.awaitExit().getExitCode()).isZero();
    ContainerStatus status = bad.awaitExit();
    assertThat(status.getExitCode()).isEqualTo(7);
    assertThat(status.getReason()).isEqualTo("Error");
    assertThat(texts(good)).containsExactlyInAnyOrder("out", "err");
    assertThat(texts(bad)).containsExactly("before");
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
  }

  /** What copies output on its way to the log may be slower than the news of the end. */
  @Test
  void noLineIsLostBeforeTheEnd() throws IOException {
    TestPod pod = pod();
    for (int i = 0; i < 5; i++) {
      TestContainer container = pod.start("sh", "-c", "seq 20000; echo last >&2");
      assertThat(container.awaitExit().getExitCode()).isZero();
      assertThat(container.log().stream().filter(line -> line.stream().equals("stdout")))
          .hasSize(20_000);
      assertThat(texts(container)).contains("last");
    }
  }

  @Test
  void execsSucceedFailAndRunOutOfTime() throws IOException {
    TestContainer container = pod().idle();
    assertThat(container.exec("sh", "-c", "echo a; echo b >&2; exit 3"))
        .isEqualTo(new TestContainer.Exec(3, "a\n", "b\n"));
    Refusals.assertRefused(
        () -> container.exec("/no/such/program"), Status.Code.INTERNAL, "/no/such/program");
    Refusals.assertRefused(
        () -> container.exec(1, "sh", "-c", "echo $$ > /late; exec sleep 600"),
        Status.Code.DEADLINE_EXCEEDED);
    assertThat(container.sh("! kill -0 $(cat /late) && echo gone").strip()).isEqualTo("gone");
  }

  @Test
  void aTerminalHasItsSizeAndItsExitCode() throws IOException {
    TestContainer container = pod().idle();
    String url =
        Urls.of(NODE, Urls.exec(container, "sh").setStdin(true).setTty(true).setStderr(false));
    try (SpdyClient client = SpdyClient.connect(url, "v4.channel.k8s.io")) {
      SpdyStream error = client.open("streamtype", "error");
      SpdyStream in = client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream resize = client.open("streamtype", "resize");
      resize.write("{\"Width\":123,\"Height\":45}\n");
      in.write(
          "until [ \"$(stty size)\" = '45 123' ]; do sleep 0.1; done; test -t 0 && echo sized''now\n");
      out.until("sizednow");
      in.write("exit 6\n");
      out.rest();
      assertThat(error.rest()).contains("\"message\":\"6\"");
    }
  }

  @Test
  void stdinReachesTheContainer() throws IOException {
    TestPod pod = pod();
    TestContainer container =
        pod.start(
            pod.container("sh", "-c", "read a; echo got $a; read b || exit 9")
                .setStdin(true)
                .setStdinOnce(true));
    String url = Urls.of(NODE, Urls.attach(container));
    try (SpdyClient client = SpdyClient.connect(url, "v4.channel.k8s.io")) {
      client.open("streamtype", "error");
      SpdyStream in = client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      client.open("streamtype", "stderr");
      in.write("words\n");
      out.until("got words");
      in.end();
    }
    assertThat(container.awaitExit().getExitCode()).isEqualTo(9);
  }

  @Test
  void theStopSignalIsHeardAndOneThatIsNotIsFollowedByTheEnd() throws IOException {
    TestPod pod = pod();
    TestContainer polite =
        pod.start(
            "sh", "-c", "trap 'echo heard; exit 4' TERM; echo ready; while :; do sleep 0.1; done");
    TestContainer deaf =
        pod.start("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
    polite.awaitLog("ready");
    deaf.awaitLog("ready");
    polite.stop(30);
    assertThat(polite.status().getExitCode()).isEqualTo(4);
    assertThat(texts(polite)).contains("heard");
    deaf.stop(1);
    assertThat(deaf.status().getExitCode()).isEqualTo(137);
    assertThat(deaf.status().getReason()).isEqualTo("Error");
  }

  @Test
  void foldersOfTheHostAndImagesAreMounted() throws IOException {
    Path folder = Files.createDirectories(NODE.scratch().disk().resolve("shared"));
    Files.writeString(folder.resolve("in"), "from outside");
    String image =
        NODE.load("volume", TestImage.of(Layer.of(TarEntry.file("data", "of an image"))));
    TestPod pod = pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.addMounts(Mount.newBuilder().setHostPath(folder.toString()).setContainerPath("/shared"));
    config.addMounts(
        Mount.newBuilder()
            .setImage(ImageSpec.newBuilder().setImage(image))
            .setContainerPath("/image")
            .setReadonly(true));
    TestContainer container = pod.start(config);
    assertThat(container.sh("cat /shared/in; echo -n inside > /shared/out; cat /image/data"))
        .isEqualTo("from outsideof an image");
    assertThat(folder.resolve("out")).hasContent("inside");
    assertThat(container.exec("sh", "-c", "echo > /image/new").exitCode()).isNotZero();
  }

  @Test
  void aUserNamespaceIsRefusedWithTheReason() throws IOException {
    IDMapping ids =
        IDMapping.newBuilder().setContainerId(0).setHostId(200_000).setLength(65_536).build();
    PodSandboxConfig.Builder config = NODE.podConfig();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setUsernsOptions(
            UserNamespace.newBuilder().setMode(NamespaceMode.POD).addUids(ids).addGids(ids));
    Refusals.assertRefused(
        () -> NODE.pod(config, HANDLER),
        Status.Code.FAILED_PRECONDITION,
        HANDLER,
        whyNoUserNamespace());
  }

  /** What the refusal of a user namespace says. */
  String whyNoUserNamespace() {
    return "its pods have a sandbox container";
  }

  @Test
  void statusTellsWhatItCanNot() throws IOException {
    RuntimeHandler handler =
        NODE
            .cri()
            .runtime()
            .status(StatusRequest.getDefaultInstance())
            .getRuntimeHandlersList()
            .stream()
            .filter(each -> each.getName().equals(HANDLER))
            .findFirst()
            .orElseThrow();
    assertThat(handler.getFeatures().getUserNamespaces()).isFalse();
  }

  @Test
  void portsAreForwarded() throws IOException {
    TestPod pod = pod();
    TestContainer web =
        pod.start(
            "sh",
            "-c",
            "mkdir /w; echo page > /w/index.html; httpd -h /w -p 8080; echo up; sleep 600");
    web.awaitLog("up");
    try (SpdyClient client =
        SpdyClient.connect(Urls.portForward(NODE, pod), "portforward.k8s.io")) {
      SpdyStream error = client.open("streamtype", "error", "port", "8080", "requestid", "0");
      error.end();
      SpdyStream data = client.open("streamtype", "data", "port", "8080", "requestid", "0");
      data.write("GET / HTTP/1.0\r\n\r\n");
      assertThat(data.rest()).contains("200 OK").endsWith("page\n");
    }
  }

  @Test
  void figuresAreThere() throws IOException {
    TestContainer container = pod().start("sh", "-c", "while :; do :; done");
    Waiting.until(
        PATIENCE,
        () ->
            stats(container).getMemory().getWorkingSetBytes().getValue() > 0
                && stats(container).getCpu().getUsageCoreNanoSeconds().getValue() > 0,
        () -> "no figures: " + stats(container));
  }

  static ContainerStats stats(TestContainer container) {
    return NODE.cri()
        .runtime()
        .containerStats(ContainerStatsRequest.newBuilder().setContainerId(container.id()).build())
        .getStats();
  }

  @Test
  void itsContainersLiveThroughARestartOfTheDaemon() throws IOException {
    TestPod pod = pod();
    TestContainer living = pod.idle();
    TestContainer ending =
        pod.start("sh", "-c", "until [ -e /go ]; do sleep 0.1; done; echo last; exit 5");
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(living.sh("echo alive").strip()).isEqualTo("alive");
    // The end of the container may be that of this, too, before it has told its own.
    ending.exec("touch", "/go");
    assertThat(ending.awaitExit().getExitCode()).isEqualTo(5);
    assertThat(texts(ending)).containsExactly("last");
    pod.stop();
    assertThat(living.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    pod.remove();
  }

  @Test
  void anExitWhileThereIsNoDaemonIsNotLost() throws IOException {
    TestPod pod = pod();
    TestContainer ending = pod.start("sh", "-c", "sleep 2; echo last; exit 5");
    NODE.daemon().kill();
    Path record = NODE.daemon().state().resolve("containers").resolve(ending.id()).resolve("exit");
    Waiting.until(PATIENCE, () -> Files.exists(record), () -> "no exit record: " + record);
    NODE.daemon().start();
    assertThat(ending.status().getExitCode()).isEqualTo(5);
    assertThat(texts(ending)).containsExactly("last");
  }

  static void kill(long process) {
    assertThat(ProcessHandle.of(process).orElseThrow().destroyForcibly()).isTrue();
  }

  static void awaitNotReady(TestPod pod) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY,
        () -> "pod " + pod.id() + " is still ready");
  }

  /** Kills what all containers of a pod need to live. */
  abstract void killSandbox(TestPod pod) throws IOException;

  @Test
  void theDeathOfTheSandboxIsThatOfAll() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    killSandbox(pod);
    assertThat(container.awaitExit().getExitCode()).isGreaterThanOrEqualTo(128);
    awaitNotReady(pod);
    container.remove();
    pod.stop();
    pod.remove();
  }

  @Test
  void aProgramThatIsNotThereIsToldAndLeavesThePodUsable() throws IOException {
    TestPod pod = pod();
    TestContainer missing = pod.create(pod.container("/no/such/program"));
    Refusals.assertRefused(missing::start, Status.Code.INTERNAL, "/no/such/program");
    missing.remove();
    assertThat(pod.start("sh", "-c", "exit 2").awaitExit().getExitCode()).isEqualTo(2);
  }
}
