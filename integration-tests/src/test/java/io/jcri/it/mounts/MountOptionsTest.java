package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Mount.mount_options}. */
class MountOptionsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);

  @Test
  void theNodeSaysThatItHonoursThem() {
    assertThat(
            NODE.cri()
                .runtime()
                .status(StatusRequest.getDefaultInstance())
                .getFeatures()
                .getMountOptions())
        .isTrue();
  }

  @Test
  void aProgramOnANoexecMountDoesNotRun() throws IOException {
    Path folder = volumes.folder("noexec");
    Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
    TestContainer container =
        volumes.start(
            Volumes.host(folder, "/yes"),
            Volumes.host(folder, "/no").addMountOptions("noexec"),
            Volumes.host(folder, "/no-and-read-only").addMountOptions("noexec").setReadonly(true));
    assertThat(container.exec("/yes/busybox", "true").exitCode()).isZero();
    assertThat(container.sh("/no/busybox true || echo refused")).isEqualTo("refused");
    assertThat(container.sh("/no-and-read-only/busybox true || echo refused")).isEqualTo("refused");
    assertThat(container.exec("touch", "/no-and-read-only/x").exitCode()).isNotZero();
    assertThat(container.status().getMounts(1).getMountOptionsList()).containsExactly("noexec");
  }

  @Test
  void aSetUserIdProgramOnANosuidMountGivesNoRights() throws IOException {
    Path folder = volumes.folder("nosuid");
    Path copy = Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    io.jcri.it.kit.Command.of("chmod", "4755", copy.toString()).run().orThrow();
    TestContainer container =
        volumes.start(config -> {
          config
              .addMounts(Volumes.host(folder, "/yes"))
              .addMounts(Volumes.host(folder, "/no").addMountOptions("nosuid"));
          config.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1000);
        });
    assertThat(container.sh("/yes/busybox id -u")).isEqualTo("1000");
    assertThat(container.sh("grep ' /no ' /proc/mounts")).contains("nosuid");
    assertThat(container.sh("grep ' /yes ' /proc/mounts")).doesNotContain("nosuid");
  }

  @Test
  void aDeviceOnANodevMountIsNone() throws IOException {
    Path folder = volumes.folder("nodev");
    io.jcri.it.kit.Command.of("mknod", folder.resolve("null").toString(), "c", "1", "3")
        .run()
        .orThrow();
    TestContainer container =
        volumes.start(
            Volumes.host(folder, "/yes"), Volumes.host(folder, "/no").addMountOptions("nodev"));
    assertThat(container.exec("sh", "-c", "echo x > /yes/null").exitCode()).isZero();
    assertThat(container.exec("sh", "-c", "echo x > /no/null").exitCode()).isNotZero();
  }

  @Test
  void severalAreHonouredTogetherAndTwiceTheSameCountsOnce() throws IOException {
    TestContainer container =
        volumes.start(
            Volumes.host(volumes.folder("all"), "/all")
                .addMountOptions("noexec")
                .addMountOptions("nodev")
                .addMountOptions("nosuid")
                .addMountOptions("noexec"));
    assertThat(container.sh("grep ' /all ' /proc/mounts")).contains("noexec", "nodev", "nosuid");
  }

  @Test
  void whatIsUnknownOrContradictsItselfIsRefused() throws IOException {
    Path folder = volumes.folder("refused");
    for (String option : new String[] {"ro", "rw", "rshared", "bind", "size=1k", "NOEXEC", ""}) {
      assertRefused(
          () -> volumes.create(Volumes.host(folder, "/data").addMountOptions(option)),
          Status.Code.INVALID_ARGUMENT,
          "/data",
          "\"" + option + "\"");
    }
    assertRefused(
        () ->
            volumes.create(
                Volumes.host(folder, "/data").addMountOptions("exec").addMountOptions("noexec")),
        Status.Code.INVALID_ARGUMENT,
        "/data",
        "exec",
        "contradicts");
    NODE.assertNoSnapshotIsLeft();
  }
}
