package io.jcri.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network plugin that sleeps: who asks for something else does not wait for it. */
class HangingNetworkTest {
  private static final String CONFIGURATION = "10-test.conflist";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int HANGING = 50;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void listsAnswerWhileFiftyPodsHang() throws Exception {
    TestPod before = NODE.pod(NODE.hostNetworkConfig());
    String container = before.idle().id();
    Path asleep = putPlugin();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < HANGING; i++) {
      PodSandboxConfig config = NODE.podConfig().build();
      callers.add(Thread.ofVirtual().start(() -> hang(config)));
    }
    Waiting.until(PATIENCE, () -> count(asleep) == HANGING, () -> "not all hang");
    for (int i = 0; i < 20; i++) {
      assertThat(
              NODE.cri()
                  .runtime()
                  .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                  .getItemsList())
          .anyMatch(pod -> pod.getId().equals(before.id()));
      assertThat(
              NODE.cri()
                  .runtime()
                  .listContainers(ListContainersRequest.getDefaultInstance())
                  .getContainersList())
          .anyMatch(each -> each.getId().equals(container));
    }
    assertThat(before.status().getId()).isEqualTo(before.id());
    assertThat(callers).as("all hang still").allMatch(Thread::isAlive);
    Files.move(asleep, asleep.resolveSibling("awake"));
    for (Thread caller : callers) {
      assertThat(caller.join(PATIENCE)).isTrue();
    }
    before.stop();
    before.remove();
    NODE.assertNoPodIsLeft();
  }

  private static void hang(PodSandboxConfig config) {
    try {
      TestPod.run(NODE, config, "");
    } catch (StatusRuntimeException ignored) {
      // The plugin fails when it wakes.
    }
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.count();
    }
  }

  /**
   * Returns the folder that has a file for each plugin that sleeps, until the folder is moved away.
   */
  private static Path putPlugin() throws IOException {
    Path plugins = Files.createDirectories(NODE.scratch().disk().resolve("cni-plugins"));
    Path asleep = Files.createDirectory(plugins.resolve("asleep"));
    Path plugin =
        Files.writeString(
            plugins.resolve("sleeping"),
            """
            #!/bin/sh
            if [ "$CNI_COMMAND" = ADD ]; then
              : > '%1$s'/$$
              while [ -d '%1$s' ]; do sleep 0.5; done
              exit 1
            fi
            """
                .formatted(asleep));
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    CniChanges.put(
        NODE,
        CONFIGURATION,
        "{\"cniVersion\":\"1.0.0\",\"name\":\"sleeping\",\"plugins\":[{\"type\":\"sleeping\"}]}");
    // A fresh daemon has read it, however slowly the one before is told of changes.
    NODE.daemon().stop();
    NODE.daemon().start();
    return asleep;
  }
}
