package io.jcri.it.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.CheckpointPodRequest;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The calls of these tests, and what they look at. */
final class CheckpointCalls {
  /** Counts to its output, ten a second. */
  static final String[] COUNTER = {
    "sh", "-c", "i=0; while true; do i=$((i+1)); echo count $i; sleep 0.1; done"
  };

  /** The same, with a connection to itself: one that CRIU refuses unless it is told otherwise. */
  static final String[] CONNECTED = {
    "sh",
    "-c",
    "await() { until cat /proc/net/tcp* | grep -q \":1E61 [0-9A-F:]* $1 \"; do sleep 0.05; done; };"
        + " (nc -l -p 7777 -e cat >/dev/null &); await 0A;"
        + " (sleep 100000 | nc 127.0.0.1 7777 &); await 01;"
        + " i=0; while true; do i=$((i+1)); echo count $i; sleep 0.1; done"
  };

  private static int folders;

  private CheckpointCalls() {}

  static void needCriu() {
    boolean works;
    try {
      Process check =
          new ProcessBuilder("criu", "check")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      works = check.waitFor(20, TimeUnit.SECONDS) && check.exitValue() == 0;
    } catch (IOException e) {
      works = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Assumptions.assumeTrue(works, "needs a CRIU that works on this kernel");
  }

  /**
   * Adds a handler to the node whose runtime is a script around runc; it restarts the daemon.
   *
   * @param line shell, run with runc's arguments in "$@" and its verb in $verb
   */
  static void addHandler(TestNode node, String name, String line) throws IOException {
    Path script = node.scratch().disk().resolve(name);
    Files.writeString(
        script,
        """
        #!/bin/sh
        for verb in "$@"; do case $verb in checkpoint|pause|resume|run|restore) break;; esac; done
        %s
        exec /usr/sbin/runc "$@"
        """
            .formatted(line));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    node.daemon().stop();
    Files.writeString(
        node.daemon().configuration(),
        "\n[handlers.%s]\nbinary = \"%s\"\n".formatted(name, script),
        StandardOpenOption.APPEND);
    node.daemon().start();
  }

  /** Nothing of a checkpoint is left with the daemon, and the container is not paused. */
  static void assertUntouched(TestNode node, TestContainer... containers) throws IOException {
    for (Path folder :
        List.of(
            node.daemon().root().resolve("checkpoints"),
            node.daemon().state().resolve("paused"),
            node.daemon().state().resolve("restoring"))) {
      if (Files.exists(folder)) {
        assertThat(names(folder)).as(folder.toString()).isEmpty();
      }
    }
    for (TestContainer container : containers) {
      assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
      int now = count(container);
      container.awaitLog("count " + (now + 2));
    }
  }

  static synchronized Path folder(TestNode node) throws IOException {
    return Files.createDirectories(node.scratch().disk().resolve("checkpoint-" + ++folders));
  }

  static void container(TestNode node, TestContainer container, Path location) {
    node.cri()
        .runtime()
        .checkpointContainer(
            CheckpointContainerRequest.newBuilder()
                .setContainerId(container.id())
                .setLocation(location.toString())
                .build());
  }

  static CheckpointPodRequest podRequest(TestPod pod, Path output, TestContainer... containers) {
    return CheckpointPodRequest.newBuilder()
        .setPodSandboxId(pod.id())
        .setOutputPath(output.toString())
        .addAllContainerIds(Stream.of(containers).map(TestContainer::id).toList())
        .build();
  }

  static void pod(TestNode node, TestPod pod, Path output, TestContainer... containers) {
    node.cri().runtime().checkpointPod(podRequest(pod, output, containers));
  }

  /** The pod as another one: of the same name, with its own uid and logs. */
  static PodSandboxConfig another(TestNode node, PodSandboxConfig config) throws IOException {
    PodSandboxConfig.Builder other = config.toBuilder();
    other.getMetadataBuilder().setUid(config.getMetadata().getUid() + "-again");
    return other.setLogDirectory(folder(node).toString()).build();
  }

  static RestorePodRequest restoreRequest(
      Path checkpoint, PodSandboxConfig pod, List<ContainerConfig> containers) {
    return RestorePodRequest.newBuilder()
        .setCheckpointPath(checkpoint.toString())
        .setConfig(pod)
        .addAllContainerConfigs(containers)
        .build();
  }

  static RestorePodResponse restore(
      TestNode node, Path checkpoint, PodSandboxConfig pod, List<ContainerConfig> containers) {
    return node.cri().runtime().restorePod(restoreRequest(checkpoint, pod, containers));
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** What the container has counted to, by its log. */
  static int count(TestContainer container) throws IOException {
    return container.log().stream()
        .map(line -> line.text())
        .filter(text -> text.startsWith("count "))
        .mapToInt(text -> Integer.parseInt(text.substring("count ".length())))
        .max()
        .orElse(0);
  }
}
