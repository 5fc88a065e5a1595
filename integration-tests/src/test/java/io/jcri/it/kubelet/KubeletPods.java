package io.jcri.it.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a kubelet does with static pods, however it learns of what happens to them. */
abstract class KubeletPods {
  static final Optional<Path> PROGRAM = Tools.kubelet();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static Optional<Kubelet> running = Optional.empty();

  /** Whether there is a kubelet on this machine. */
  static boolean available() {
    return PROGRAM.isPresent();
  }

  static void start(String... settings) throws IOException {
    running = Optional.of(Kubelet.start(NODE, PROGRAM.orElseThrow(), settings));
  }

  static Kubelet kubelet() {
    return running.orElseThrow();
  }

  @AfterAll
  static void end() throws IOException {
    if (running.isPresent()) {
      kubelet().close();
    }
  }

  @AfterEach
  void removePods() throws IOException {
    kubelet().removeManifests();
    Waiting.until(PATIENCE, () -> runningContainers() == 0, () -> "containers go on");
    try (KubeletClient client = kubelet().client()) {
      Waiting.until(
          PATIENCE, () -> client.get("/pods").contains("\"items\":null"), () -> "pods are kept");
    }
  }

  private static long runningContainers() {
    return NODE
        .cri()
        .runtime()
        .listContainers(ListContainersRequest.getDefaultInstance())
        .getContainersList()
        .stream()
        .filter(each -> each.getState() == ContainerState.CONTAINER_RUNNING)
        .count();
  }

  /** Has the kubelet run a pod, and waits for what is to become of it. */
  static PodView run(String name, String manifest, Predicate<PodView> until) throws IOException {
    kubelet().place(name, manifest);
    return await(name, until);
  }

  static PodView await(String name, Predicate<PodView> until) throws IOException {
    try (KubeletClient client = kubelet().client()) {
      PodView[] view = {new PodView(Optional.empty())};
      Waiting.until(
          PATIENCE,
          () -> {
            view[0] = new PodView(client.pod(name));
            return until.test(view[0]);
          },
          () -> "pod " + name + " is " + view[0]);
      return view[0];
    }
  }

  /** A pod of one container with a shell's script, and more lines of the container's. */
  static String shell(String name, String script, String... more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: default}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: %s
        command: [sh, -c, '%s']
        %s
    """
        .formatted(name, NODE.busybox(), script, String.join("\n    ", more));
  }

  @Test
  void twoContainersWithLogsExecAndAForwardedPort() throws IOException {
    String web = NODE.load("nginx", TestImages.nginx(80));
    PodView pod =
        run(
            "two",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: two, namespace: default}
            spec:
              terminationGracePeriodSeconds: 2
              containers:
              - {name: web, image: %s}
              - {name: side, image: %s, command: [sh, -c, 'echo hello; exec sleep 100000']}
            """
                .formatted(web, NODE.busybox()),
            view -> view.phase().equals("Running") && view.ready(2));
    assertThat(pod.address()).startsWith(NODE.range());
    assertThat(pod.restarts("web") + pod.restarts("side")).isZero();
    try (KubeletClient client = kubelet().client()) {
      assertThat(client.logs("two", "side", "")).isEqualTo("hello\n");
      assertThat(client.exec("two", "side", "sh", "-c", "echo out; echo err >&2"))
          .isEqualTo("out\nerr\n");
      assertThat(client.exec("two", "side", "wget", "-q", "-O", "-", "http://127.0.0.1/"))
          .contains("It works!");
      assertThat(client.getThrough("two", 80)).contains("It works!");
      assertThat(client.get("/stats/summary")).contains("\"side\"").contains("workingSetBytes");
    }
  }

  @Test
  void probesOfAllKindsPass() throws IOException {
    String health =
        NODE.load(
            "grpc-health",
            TestImages.nginx(80)
                .withLayer(Layer.of(TestImages.program("grpc-health", "bin/grpc-health", 0755)))
                .withEntrypoint("sh", "-c", "nginx -p 80 & exec grpc-health 9000"));
    PodView pod =
        run(
            "probes",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: probes, namespace: default}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: grpc
                image: %1$s
                command: [grpc-health, "9000"]
                readinessProbe: {grpc: {port: 9000}, periodSeconds: 1, timeoutSeconds: 10}
              - name: others
                image: %1$s
                command: [nginx, -p, "80"]
                startupProbe: {exec: {command: [pgrep, nginx]}, periodSeconds: 1, timeoutSeconds: 10}
                readinessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1, timeoutSeconds: 10}
                livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 1, timeoutSeconds: 10}
            """
                .formatted(health),
            view -> view.ready(2));
    assertThat(pod.restarts("grpc") + pod.restarts("others")).isZero();
  }

  @Test
  void aContainerWhoseLivenessProbeFailsIsRunAgain() throws IOException {
    run(
        "dies",
        shell(
            "dies",
            "echo attempt; exec sleep 100000",
            "livenessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1, failureThreshold: 1}"),
        view -> view.restarts("main") >= 1);
    try (KubeletClient client = kubelet().client()) {
      assertThat(client.logs("dies", "main", "?previous=true")).isEqualTo("attempt\n");
    }
  }

  @Test
  void aContainerThatRunsOutOfMemoryIsToldAsThat() throws IOException {
    PodView pod =
        run(
            "hungry",
            shell("hungry", "tail /dev/zero", "resources: {limits: {memory: 32Mi}}"),
            view -> !view.end("main").isEmpty());
    assertThat(pod.end("main")).isEqualTo("OOMKilled 137");
  }

  @Test
  void podsGoOnWhileTheDaemonAndTheKubeletAreReplaced() throws IOException {
    PodView before = run("stays", shell("stays", "exec sleep 100000"), view -> view.ready(1));
    NODE.daemon().kill();
    NODE.daemon().start();
    kubelet().restart();
    PodView after = await("stays", view -> view.ready(1));
    assertThat(after.id("main")).isEqualTo(before.id("main"));
    assertThat(after.restarts("main")).isZero();
    assertThat(after.address()).isEqualTo(before.address());
    try (KubeletClient client = kubelet().client()) {
      assertThat(client.exec("stays", "main", "echo", "still", "here")).isEqualTo("still here\n");
    }
  }

  /** The daemon is away when the container dies: the kubelet must hear of it all the same. */
  @Test
  void aDeathThatNobodySawIsMadeGood() throws IOException {
    Path shared = Files.createDirectories(NODE.scratch().disk().resolve("fall"));
    String script = "while [ ! -e /shared/now ]; do sleep 0.1; done; rm /shared/now; exit 3";
    PodView before =
        run(
            "falls",
            shell("falls", script, "volumeMounts: [{name: shared, mountPath: /shared}]")
                + "  volumes: [{name: shared, hostPath: {path: %s}}]\n".formatted(shared),
            view -> view.ready(1));
    NODE.daemon().kill();
    Path now = Files.createFile(shared.resolve("now"));
    Waiting.until(PATIENCE, () -> Files.notExists(now), () -> "the container goes on");
    NODE.daemon().start();
    PodView after = await("falls", view -> view.restarts("main") == 1);
    assertThat(after.end("main")).isEqualTo("Error 3");
    assertThat(after.id("main")).isNotEqualTo(before.id("main"));
  }

  @Test
  void aPodThatIsTakenBackEndsInItsGracePeriod() throws IOException {
    Path said = NODE.scratch().disk().resolve("said");
    Files.createDirectories(said);
    run(
        "ends",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: ends, namespace: default}
        spec:
          terminationGracePeriodSeconds: 30
          containers:
          - name: main
            image: %s
            command: [sh, -c, 'trap "echo term >> /said/words; exit 0" TERM; while :; do sleep 0.1; done']
            lifecycle: {preStop: {exec: {command: [sh, -c, 'echo stop >> /said/words']}}}
            volumeMounts: [{name: said, mountPath: /said}]
          volumes:
          - {name: said, hostPath: {path: %s}}
        """
            .formatted(NODE.busybox(), said),
        view -> view.ready(1));
    kubelet().removeManifests();
    Waiting.until(PATIENCE, () -> runningContainers() == 0, () -> "the container goes on");
    assertThat(said.resolve("words")).hasContent("stop\nterm\n");
    // Of its own accord: the kubelet collects what pods that are gone have left.
    Waiting.until(
        PATIENCE,
        () ->
            NODE.cri()
                    .runtime()
                    .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                    .getItemsCount()
                == 0,
        () -> "the sandbox is kept");
  }

  @Test
  void noLineIsLostWhenTheKubeletRotatesALog() throws IOException {
    kubelet()
        .place(
            "talks",
            shell(
                "talks",
                "i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); sleep 0.01; done; exec sleep 100000"));
    List<String> all = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
    RotatedLog log = new RotatedLog(kubelet().logs(), "talks");
    Waiting.until(
        PATIENCE, () -> log.lines().equals(all), () -> "lines are missing or twice in the log");
    assertThat(log.files()).hasSizeGreaterThan(2);
  }
}
