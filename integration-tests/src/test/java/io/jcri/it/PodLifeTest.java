package io.jcri.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.it.kit.Kubelet;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods and their containers from the first call to the last. */
class PodLifeTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Kubelet kubelet = NODE.kubelet();

  @Test
  void aPodHasItsAddressAndServesOnIt() throws IOException {
    PodSandboxConfig pod = kubelet.pod("web").build();
    String podId = kubelet.run(pod);
    kubelet.start(podId, pod, Kubelet.container("web", TestNode.WEB).build());
    String ip = kubelet.podStatus(podId).getNetwork().getIp();

    awaitPage("http://" + ip + "/");

    assertThat(kubelet.podStatus(podId).getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    kubelet.removePod(podId);
  }

  @Test
  void containersOfAPodShareWhatAPodShares() throws IOException {
    PodSandboxConfig pod = kubelet.pod("shared").build();
    String podId = kubelet.run(pod);
    String one = sleeper(podId, pod, "one");
    String two = sleeper(podId, pod, "two");

    assertThat(kubelet.output(one, "hostname")).isEqualTo("shared");
    for (String namespace : new String[] {"net", "ipc", "uts"}) {
      assertThat(namespace(one, namespace)).as(namespace).isEqualTo(namespace(two, namespace));
    }
    for (String namespace : new String[] {"pid", "mnt"}) {
      assertThat(namespace(one, namespace)).as(namespace).isNotEqualTo(namespace(two, namespace));
    }
    kubelet.output(one, "touch", "/dev/shm/seen", "/tmp/unseen");
    assertThat(kubelet.output(two, "ls", "/dev/shm")).isEqualTo("seen");
    assertThat(kubelet.output(two, "ls", "/tmp")).isEmpty();
    kubelet.removePod(podId);
  }

  @Test
  void aPodsProcessNamespaceIsSharedWhenAsked() throws IOException {
    PodSandboxConfig.Builder config = kubelet.pod("pids");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.POD);
    PodSandboxConfig pod = config.build();
    String podId = kubelet.run(pod);
    var container = Kubelet.container("one", TestNode.BUSYBOX, "sleep", "1000");
    container
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.POD);
    String one = kubelet.start(podId, pod, container.build());
    String two =
        kubelet.start(
            podId,
            pod,
            container
                .setMetadata(container.getMetadataBuilder().setName("two"))
                .setLogPath("two.log")
                .build());

    assertThat(namespace(one, "pid")).isEqualTo(namespace(two, "pid"));
    assertThat(kubelet.output(one, "pgrep", "sleep").lines()).hasSize(2);
    kubelet.removePod(podId);
  }

  @Test
  void aContainerThatEndsTellsItsExitCodeAndLeavesItsLog() throws IOException {
    PodSandboxConfig pod = kubelet.pod("ends").build();
    String podId = kubelet.run(pod);
    String id =
        kubelet.start(
            podId,
            pod,
            Kubelet.container(
                    "ends", TestNode.BUSYBOX, "sh", "-c", "echo out; echo err >&2; exit 7")
                .build());

    ContainerStatus status = kubelet.awaitExit(id);

    assertThat(status.getExitCode()).isEqualTo(7);
    assertThat(status.getReason()).isEqualTo("Error");
    assertThat(status.getStartedAt()).isPositive().isLessThanOrEqualTo(status.getFinishedAt());
    assertThat(NODE.log(id)).containsExactlyInAnyOrder("stdout F out", "stderr F err");
    kubelet.removePod(podId);
  }

  @Test
  void aContainerThatIgnoresSigtermIsKilledAfterItsGracePeriod() throws IOException {
    PodSandboxConfig pod = kubelet.pod("stubborn").build();
    String podId = kubelet.run(pod);
    String id =
        kubelet.start(
            podId,
            pod,
            Kubelet.container(
                    "stubborn",
                    TestNode.BUSYBOX,
                    "sh",
                    "-c",
                    "trap '' TERM; echo ready; while true; do sleep 1; done")
                .build());
    awaitLine(id, "stdout F ready");

    kubelet.stop(id, 1);
    kubelet.stop(id, 1);

    assertThat(kubelet.status(id).getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(kubelet.status(id).getExitCode()).isEqualTo(137);
    kubelet.removePod(podId);
  }

  @Test
  void stoppingAndRemovingTwiceIsNoError() {
    PodSandboxConfig pod = kubelet.pod("twice").build();
    String podId = kubelet.run(pod);
    String id = sleeper(podId, pod, "c");

    kubelet.stopPod(podId);
    kubelet.stopPod(podId);
    assertThat(kubelet.podStatus(podId).getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    assertThat(kubelet.status(id).getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    kubelet.remove(id);
    kubelet.remove(id);
    kubelet.removePod(podId);
    kubelet.removePod(podId);
  }

  @Test
  void aPodOfTheNodesNetworkHasNoAddressOfItsOwn() throws IOException {
    PodSandboxConfig pod = kubelet.hostNetworkPod("host").build();
    String podId = kubelet.run(pod);
    String id = sleeper(podId, pod, "c");

    assertThat(kubelet.podStatus(podId).getNetwork().getIp()).isEmpty();
    assertThat(namespace(id, "net"))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    kubelet.removePod(podId);
  }

  private static String sleeper(String podId, PodSandboxConfig pod, String name) {
    return NODE.kubelet()
        .start(podId, pod, Kubelet.container(name, TestNode.BUSYBOX, "sleep", "1000").build());
  }

  private String namespace(String containerId, String name) throws IOException {
    return kubelet.output(containerId, "readlink", "/proc/self/ns/" + name);
  }

  private static void awaitLine(String containerId, String line) throws IOException {
    Waiting.until(
        Duration.ofMinutes(1),
        () -> NODE.log(containerId).contains(line),
        () -> "no line '%s' in the log".formatted(line));
  }

  private static void awaitPage(String uri) throws IOException {
    Waiting.until(
        Duration.ofMinutes(1),
        () -> {
          try {
            return TestNode.fetch(uri).contains("It works!");
          } catch (IOException notYet) {
            return false;
          }
        },
        () -> "no page from " + uri);
  }
}
