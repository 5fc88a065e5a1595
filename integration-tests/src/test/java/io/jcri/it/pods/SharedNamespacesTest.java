package io.jcri.it.pods;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What two containers of one pod share, and what they don't. */
class SharedNamespacesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void hostnameAddressAndIpcAreSharedButNotProcessesNorMounts() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer one = pod.idle();
    TestContainer two = pod.idle();

    for (String shared : new String[] {"uts", "net", "ipc"}) {
      assertThat(namespace(one, shared)).as(shared).isEqualTo(namespace(two, shared));
    }
    for (String own : new String[] {"pid", "mnt"}) {
      assertThat(namespace(one, own)).as(own).isNotEqualTo(namespace(two, own));
    }
    assertThat(one.sh("hostname")).isEqualTo(two.sh("hostname"));
    assertThat(one.sh("hostname -i")).isEqualTo(pod.ip()).isEqualTo(two.sh("hostname -i"));
    one.sh("echo hello > /dev/shm/letter; echo mine > /tmp/mine");
    assertThat(two.sh("cat /dev/shm/letter")).isEqualTo("hello");
    assertThat(two.exec("cat", "/tmp/mine").exitCode()).isNotZero();
    assertThat(one.sh("cat /proc/1/comm")).isEqualTo("sleep");
  }

  @Test
  void otherPodsShareNothing() throws IOException {
    TestContainer one = NODE.pod().idle();
    TestContainer two = NODE.pod().idle();
    for (String own : new String[] {"uts", "net", "ipc", "pid", "mnt"}) {
      assertThat(namespace(one, own)).as(own).isNotEqualTo(namespace(two, own));
    }
  }

  @Test
  void processesAreSharedWhenThePodAsksForIt() throws IOException {
    TestPod pod = NODE.pod(pidMode(NODE.podConfig(), NamespaceMode.POD));
    TestContainer one = pod.start(pidMode(pod.container("sleep", "111111"), NamespaceMode.POD, ""));
    TestContainer two = pod.start(pidMode(pod.container("sleep", "222222"), NamespaceMode.POD, ""));

    assertThat(namespace(one, "pid")).isEqualTo(namespace(two, "pid"));
    assertThat(two.sh("ps -o args")).contains("sleep 111111").contains("sleep 222222");
    assertThat(two.sh("cat /proc/1/comm")).isEqualTo("jcri-pause");
    one.stop(0);
    assertThat(two.sh("ps -o args")).doesNotContain("sleep 111111");
  }

  @Test
  void theNodesProcessesAreSeenWhenThePodAsksForThem() throws IOException {
    TestPod pod = NODE.pod(pidMode(NODE.podConfig(), NamespaceMode.NODE));
    TestContainer container =
        pod.start(pidMode(pod.container("sleep", "100000"), NamespaceMode.NODE, ""));

    assertThat(namespace(container, "pid"))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    container.stop(0);
    assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
  }

  @Test
  void aContainerMayJoinTheProcessesOfAnother() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer target = pod.start("sleep", "333333");
    TestContainer debugger =
        pod.start(pidMode(pod.container("sleep", "444444"), NamespaceMode.TARGET, target.id()));

    assertThat(namespace(debugger, "pid")).isEqualTo(namespace(target, "pid"));
    assertThat(debugger.sh("ps -o args")).contains("sleep 333333");
  }

  /** What config.json names is a process id, which may be somebody else's by then. */
  @Test
  void aContainerIsNotStartedIntoTheProcessesOfOneThatHasEnded() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer target = pod.idle();
    TestContainer debugger =
        pod.create(pidMode(pod.container("sleep", "1"), NamespaceMode.TARGET, target.id()));
    target.stop(0);
    assertRefused(debugger::start, Code.FAILED_PRECONDITION, target.id());
    assertThat(debugger.status().getReason()).isEqualTo("StartError");
  }

  @Test
  void theNodesIpcIsUsedWhenThePodAsksForIt() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setIpc(NamespaceMode.NODE);
    TestPod pod = NODE.pod(config);

    assertThat(namespace(pod.idle(), "ipc"))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/ipc")));
  }

  private static PodSandboxConfig.Builder pidMode(
      PodSandboxConfig.Builder config, NamespaceMode mode) {
    config.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setPid(mode);
    return config;
  }

  private static ContainerConfig.Builder pidMode(
      ContainerConfig.Builder config, NamespaceMode mode, String target) {
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(mode)
        .setTargetId(target);
    return config;
  }

  private static Path namespace(TestContainer container, String name) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/%d/ns/%s".formatted(container.pid(), name)));
  }
}
