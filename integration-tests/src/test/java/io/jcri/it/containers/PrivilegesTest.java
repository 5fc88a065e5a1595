package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.Device;
import io.jcri.cri.v1.LinuxContainerSecurityContext;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.SecurityProfile;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a container's process may do, as the kernel sees it. */
class PrivilegesTest {
  private static final int CHOWN = 0;
  private static final int NET_RAW = 13;
  private static final int SYS_ADMIN = 21;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void rootHasTheUsualCapabilitiesAndNoMore() throws IOException {
    TestContainer container = start(s -> {});
    assertThat(Long.bitCount(mask(container, "CapEff"))).isEqualTo(14);
    assertThat(has(container, "CapEff", CHOWN)).isTrue();
    assertThat(has(container, "CapEff", SYS_ADMIN)).isFalse();
    assertThat(mask(container, "CapBnd")).isEqualTo(mask(container, "CapEff"));
    assertThat(mask(container, "CapInh")).isZero();
  }

  @Test
  void capabilitiesAreAddedAndDropped() throws IOException {
    TestContainer container =
        start(s ->
            s.getCapabilitiesBuilder()
                .addAddCapabilities("SYS_ADMIN")
                .addDropCapabilities("CAP_CHOWN"));
    assertThat(has(container, "CapEff", SYS_ADMIN)).isTrue();
    assertThat(has(container, "CapEff", CHOWN)).isFalse();
    assertThat(container.exec("chown", "1:1", "/tmp").exitCode()).isNotZero();
  }

  @Test
  void allCanBeDroppedAndSomeKept() throws IOException {
    TestContainer container =
        start(s ->
            s.getCapabilitiesBuilder().addDropCapabilities("ALL").addAddCapabilities("NET_RAW"));
    assertThat(mask(container, "CapEff")).isEqualTo(1L << NET_RAW);
    assertThat(mask(container, "CapBnd")).isEqualTo(1L << NET_RAW);
  }

  @Test
  void ambientCapabilitiesReachAProcessThatIsNotRoot() throws IOException {
    TestContainer container =
        start(s -> {
          s.getRunAsUserBuilder().setValue(1000);
          s.getCapabilitiesBuilder().addAddAmbientCapabilities("NET_RAW");
        });
    assertThat(has(container, "CapEff", NET_RAW)).isTrue();
    assertThat(has(container, "CapAmb", NET_RAW)).isTrue();
  }

  @Test
  void noNewPrivilegesHoldsASetUserIdProgramBack() throws IOException {
    String image =
        NODE.load(
            "setuid",
            TestImages.busybox()
                .withLayer(
                    io.jcri.it.kit.Layer.of(
                        TestImages.program("effective-uid", "effective-uid", 04755))));
    assertThat(effectiveUid(image, false)).contains("0");
    assertThat(effectiveUid(image, true)).contains("1000");
  }

  @Test
  void theDefaultSeccompProfileRefusesWhatContainersDoNotNeed() throws IOException {
    TestContainer filtered = start(s -> profile(s, SecurityProfile.ProfileType.RuntimeDefault, ""));
    assertThat(filtered.sh("grep Seccomp: /proc/1/status")).endsWith("2");
    assertThat(filtered.exec("unshare", "-U", "true").exitCode()).isNotZero();
    assertThat(filtered.sh("echo fine; ls / > /dev/null; date > /dev/null")).isEqualTo("fine");

    TestContainer open = start(s -> profile(s, SecurityProfile.ProfileType.Unconfined, ""));
    assertThat(open.sh("grep Seccomp: /proc/1/status")).endsWith("0");
  }

  @Test
  void aProfileOfTheNodesIsApplied() throws IOException {
    Path profile = NODE.scratch().disk().resolve("no-mkdir.json");
    Files.writeString(
        profile,
        """
        {"defaultAction": "SCMP_ACT_ALLOW",
         "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
        """);
    TestContainer container =
        start(s -> profile(s, SecurityProfile.ProfileType.Localhost, profile.toString()));
    assertThat(container.exec("mkdir", "/tmp/x").exitCode()).isNotZero();
    assertThat(container.exec("touch", "/tmp/y").exitCode()).isZero();
  }

  @Test
  void aProfileThatIsNotThereIsNamed() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    profile(
        config.getLinuxBuilder().getSecurityContextBuilder(),
        SecurityProfile.ProfileType.Localhost,
        "/no/such/profile.json");
    assertRefused(() -> pod.create(config), Status.Code.NOT_FOUND, "/no/such/profile.json");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aPrivilegedContainerHasTheNodesDevicesAndCapabilities() throws IOException {
    TestPod pod = NODE.privilegedPod();
    ContainerConfig.Builder config = pod.privileged("sleep", "100000");
    config.getLinuxBuilder().getSecurityContextBuilder().addMaskedPaths("/proc/kcore");
    TestContainer container = pod.start(config);

    String bounding =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapBnd:"))
            .findFirst()
            .orElseThrow()
            .split("\t", -1)[1];
    assertThat(mask(container, "CapEff")).isEqualTo(Long.parseUnsignedLong(bounding, 16));
    assertThat(container.sh("ls /dev").lines()).contains("kmsg");
    assertThat(container.sh("touch /sys/fs/cgroup 2>&1; grep ' /sys ' /proc/mounts"))
        .contains(" rw,");
  }

  @Test
  void aPrivilegedContainerHasTheDevicesItNamesWhereItNamesThem() throws IOException {
    TestPod pod = NODE.privilegedPod();
    TestContainer container =
        pod.start(
            pod.privileged("sleep", "100000")
                .addDevices(device("/dev/zero", "/dev/nothing"))
                .addDevices(device("/dev/null", "/dev/full")));
    assertThat(container.sh("head -c 3 /dev/nothing | tr '\\0' z")).isEqualTo("zzz");
    assertThat(container.sh("ls /dev").lines()).contains("kmsg", "zero");
    assertThat(container.sh("echo x > /dev/full && echo taken"))
        .as("one of the node's in whose place it has another")
        .isEqualTo("taken");
    assertRefused(
        () -> pod.create(pod.privileged("true").addDevices(device("/dev/no-such", "/dev/no-such"))),
        Status.Code.INVALID_ARGUMENT,
        "/dev/no-such");
  }

  @Test
  void aPrivilegedContainerNeedsAPrivilegedPod() throws IOException {
    TestPod pod = NODE.pod();
    assertRefused(
        () -> pod.create(pod.privileged("true")),
        Status.Code.INVALID_ARGUMENT,
        "privileged",
        pod.id());
    NODE.assertNoSnapshotIsLeft();
  }

  /** As when the pod was given a privileged ephemeral container after it had been run. */
  @Test
  void whatTheCallerSaysOfThePodNowCounts() throws IOException {
    TestPod pod = NODE.pod();
    PodSandboxConfig.Builder now = pod.config().toBuilder();
    now.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    String id =
        NODE.cri()
            .runtime()
            .createContainer(
                CreateContainerRequest.newBuilder()
                    .setPodSandboxId(pod.id())
                    .setSandboxConfig(now)
                    .setConfig(pod.privileged("true"))
                    .build())
            .getContainerId();
    assertThat(id).isNotEmpty();
  }

  private static Device.Builder device(String outside, String inside) {
    return Device.newBuilder().setHostPath(outside).setContainerPath(inside).setPermissions("rwm");
  }

  private static String effectiveUid(String image, boolean noNewPrivileges) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("/effective-uid");
    config.getImageBuilder().setImage(image);
    config.getLinuxBuilder().getSecurityContextBuilder().setNoNewPrivs(noNewPrivileges);
    config.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1000);
    TestContainer container = pod.start(config);
    container.awaitExit();
    return container.log().getFirst().text();
  }

  private static void profile(
      LinuxContainerSecurityContext.Builder security,
      SecurityProfile.ProfileType type,
      String reference) {
    security.getSeccompBuilder().setProfileType(type).setLocalhostRef(reference);
  }

  private static TestContainer start(Consumer<LinuxContainerSecurityContext.Builder> security)
      throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    security.accept(config.getLinuxBuilder().getSecurityContextBuilder());
    return pod.start(config);
  }

  private static boolean has(TestContainer container, String set, int capability)
      throws IOException {
    return (mask(container, set) >>> capability & 1) == 1;
  }

  /** From outside: the container might be shown something else. */
  private static long mask(TestContainer container, String set) throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/" + container.pid() + "/status"));
    String line = status.stream().filter(l -> l.startsWith(set + ":")).findFirst().orElseThrow();
    return Long.parseUnsignedLong(line.split("\t", -1)[1], 16);
  }
}
