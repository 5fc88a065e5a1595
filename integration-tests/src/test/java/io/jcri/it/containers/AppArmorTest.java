package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.Capability;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.LinuxContainerSecurityContext;
import io.jcri.cri.v1.SecurityProfile;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers on a node with AppArmor. Profiles of the node's own are tried by critest. */
@EnabledIf("available")
class AppArmorTest {
  /**
   * Distributions give runc and crun a profile in a mode that confines nothing; it is inherited.
   */
  private static final String UNCONFINED = "unconfined|.* \\(unconfined\\)";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** Whether the kernel has it, and the node the program that loads profiles. */
  static boolean available() throws IOException {
    Path enabled = Path.of("/sys/module/apparmor/parameters/enabled");
    return Files.exists(enabled)
        && Files.readString(enabled).startsWith("Y")
        && Files.isExecutable(Path.of("/usr/sbin/apparmor_parser"));
  }

  @Test
  void whoNamesNoProfileHasTheDefault() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertThat(profileOf(container)).isEqualTo("jcri-default (enforce)");
    assertThat(container.sh("cat /proc/self/attr/current"))
        .as("of an exec")
        .isEqualTo("jcri-default (enforce)");
  }

  @Test
  void theDefaultRefusesMountsThatCapabilitiesWouldAllow() throws IOException {
    String mount = "mount -t tmpfs none /tmp";
    assertThat(start(SecurityProfile.ProfileType.RuntimeDefault).exec("sh", "-c", mount).exitCode())
        .isNotZero();
    TestContainer open = start(SecurityProfile.ProfileType.Unconfined);
    assertThat(profileOf(open)).matches(UNCONFINED);
    assertThat(open.exec("sh", "-c", mount).exitCode()).isZero();
  }

  /** Its own processes by each other, and all of them by the runtime. */
  @Test
  void underTheDefaultProcessesAreSignalled() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            "sh",
            "-c",
            "trap 'exit 4' TERM; sleep 1000 & kill -9 $!; wait $!; echo $?; while :; do sleep 0.1; done");
    container.awaitLog("137");
    container.stop(30);
    assertThat(container.status().getExitCode()).isEqualTo(4);
  }

  @Test
  void aPrivilegedContainerIsNotConfined() throws IOException {
    TestPod pod = NODE.privilegedPod();
    TestContainer container = pod.start(pod.privileged("sleep", "100000"));
    assertThat(profileOf(container)).matches(UNCONFINED);
  }

  @Test
  void aProfileThatIsNotLoadedIsNamed() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    security(config)
        .getApparmorBuilder()
        .setProfileType(SecurityProfile.ProfileType.Localhost)
        .setLocalhostRef("not-loaded");
    assertRefused(() -> pod.create(config), Status.Code.FAILED_PRECONDITION, "not-loaded");
    NODE.assertNoSnapshotIsLeft();
  }

  /** With all that else would keep it from mounting allowed. */
  private static TestContainer start(SecurityProfile.ProfileType type) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    LinuxContainerSecurityContext.Builder security = security(config);
    security.setCapabilities(Capability.newBuilder().addAddCapabilities("SYS_ADMIN"));
    security.getSeccompBuilder().setProfileType(SecurityProfile.ProfileType.Unconfined);
    security.getApparmorBuilder().setProfileType(type);
    return pod.start(config);
  }

  private static LinuxContainerSecurityContext.Builder security(ContainerConfig.Builder config) {
    return config.getLinuxBuilder().getSecurityContextBuilder();
  }

  /** From outside: what the kernel says of its first process. */
  private static String profileOf(TestContainer container) throws IOException {
    return Files.readString(Path.of("/proc/" + container.pid() + "/attr/current")).strip();
  }
}
