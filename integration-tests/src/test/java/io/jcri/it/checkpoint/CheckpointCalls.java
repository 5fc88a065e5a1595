package io.jcri.it.checkpoint;

import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.CheckpointPodRequest;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
