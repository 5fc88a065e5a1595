package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a container sees of files: its own, the node's, and those it must not see. */
class FilesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aFolderOfTheNodeIsMountedWritableOrNot() throws IOException {
    Path folder = folder("volume");
    Files.writeString(folder.resolve("letter"), "from outside");
    TestContainer container =
        start(config ->
            config
                .addMounts(mount(folder, "/rw"))
                .addMounts(mount(folder, "/deep/er/ro").setReadonly(true)));

    assertThat(container.sh("cat /rw/letter")).isEqualTo("from outside");
    assertThat(container.sh("cat /deep/er/ro/letter")).isEqualTo("from outside");
    container.sh("echo from inside > /rw/answer");
    assertThat(folder.resolve("answer")).hasContent("from inside");
    assertThat(container.exec("touch", "/deep/er/ro/x").exitCode()).isNotZero();
    assertThat(container.status().getMountsList()).hasSize(2);
  }

  @Test
  void aFileCanBeMountedOverOneOfTheImage() throws IOException {
    Path hosts = Files.writeString(folder("file").resolve("hosts"), "1.2.3.4 elsewhere\n");
    TestContainer container = start(config -> config.addMounts(mount(hosts, "/etc/hosts")));
    assertThat(container.sh("cat /etc/hosts")).isEqualTo("1.2.3.4 elsewhere");
  }

  /**
   * The kubelet refreshes ConfigMaps and Secrets by moving a link to another folder; the container
   * mounts the folder above, here by way of a link of the node's.
   */
  @Test
  void aVolumeThatTheKubeletRefreshesIsSeenAnew() throws IOException {
    Path volume = folder("refreshed");
    Path link = volume.resolveSibling("link");
    Files.createSymbolicLink(link, volume);
    refresh(volume, "..1", "old");
    Files.createSymbolicLink(volume.resolve("key"), Path.of("..data/key"));
    TestContainer container =
        start(config -> config.addMounts(mount(link, "/volume").setReadonly(true)));
    assertThat(container.sh("cat /volume/key")).isEqualTo("old");
    refresh(volume, "..2", "new");
    assertThat(container.sh("cat /volume/key")).isEqualTo("new");
  }

  private static void refresh(Path volume, String version, String content) throws IOException {
    Files.writeString(Files.createDirectory(volume.resolve(version)).resolve("key"), content);
    Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of(version));
    Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void mountOptionsAreHonoured() throws IOException {
    Path folder = folder("options");
    Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
    TestContainer container =
        start(config ->
            config
                .addMounts(mount(folder, "/yes"))
                .addMounts(mount(folder, "/no").addMountOptions("noexec")));
    assertThat(container.exec("/yes/busybox", "true").exitCode()).isZero();
    assertThat(container.sh("/no/busybox true || echo refused")).isEqualTo("refused");
    assertThat(container.sh("grep ' /no ' /proc/mounts")).contains("noexec");
  }

  @Test
  void mountsOfTheNodeTravelInWhenAskedFor() throws IOException {
    Path shared = folder("propagation");
    Command.of("mount", "-t", "tmpfs", "jct", shared.toString()).run().orThrow();
    Path late = null;
    try {
      Command.of("mount", "--make-shared", shared.toString()).run().orThrow();
      TestContainer container =
          start(config ->
              config
                  .addMounts(mount(shared, "/private"))
                  .addMounts(
                      mount(shared, "/slave")
                          .setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER)));
      late = Files.createDirectory(shared.resolve("late"));
      Command.of("mount", "-t", "tmpfs", "jct", late.toString()).run().orThrow();
      Files.writeString(late.resolve("seen"), "");

      assertThat(container.exec("test", "-e", "/slave/late/seen").exitCode()).isZero();
      assertThat(container.exec("test", "-e", "/private/late/seen").exitCode()).isNotZero();
    } finally {
      if (late != null) {
        Command.of("umount", late.toString()).run();
      }
      Command.of("umount", shared.toString()).run().orThrow();
    }
  }

  @Test
  void mountsOfTheContainerTravelOutWhenAskedFor() throws IOException {
    Path shared = folder("bidirectional");
    Command.of("mount", "-t", "tmpfs", "jct", shared.toString()).run().orThrow();
    try {
      Command.of("mount", "--make-shared", shared.toString()).run().orThrow();
      TestContainer container =
          startPrivileged(config ->
              config.addMounts(
                  mount(shared, "/shared")
                      .setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)));
      container.sh(
          "mkdir /shared/inner && mount -t tmpfs jct /shared/inner && touch /shared/inner/x");
      assertThat(shared.resolve("inner/x")).exists();
      container.sh("umount /shared/inner");
    } finally {
      Command.of("umount", "-R", shared.toString()).run().orThrow();
    }
  }

  @Test
  void aReadOnlyRootTakesWritesOnlyWhereItIsMounted() throws IOException {
    Path folder = folder("scratch");
    TestContainer container =
        start(config -> {
          config.addMounts(mount(folder, "/data"));
          config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(true);
        });
    assertThat(container.exec("touch", "/x").exitCode()).isNotZero();
    assertThat(container.exec("touch", "/data/x").exitCode()).isZero();
    assertThat(container.exec("touch", "/dev/shm/x").exitCode()).isZero();
  }

  @Test
  void pathsAreMaskedAndMadeReadOnly() throws IOException {
    TestContainer container =
        start(config ->
            config
                .getLinuxBuilder()
                .getSecurityContextBuilder()
                .addMaskedPaths("/proc/version")
                .addMaskedPaths("/etc")
                .addReadonlyPaths("/proc/sys"));
    assertThat(container.sh("cat /proc/version")).isEmpty();
    assertThat(container.sh("ls /etc")).isEmpty();
    assertThat(container.exec("sh", "-c", "echo x > /proc/sys/kernel/domainname").exitCode())
        .isNotZero();
  }

  @Test
  void aDeviceOfTheNodeIsThereUnderItsNewNameAndOthersAreNot() throws IOException {
    TestContainer container =
        start(config -> {
          config
              .addDevicesBuilder()
              .setHostPath("/dev/null")
              .setContainerPath("/dev/hole")
              .setPermissions("rwm");
        });
    assertThat(container.sh("echo x > /dev/hole; ls -l /dev/hole")).startsWith("crw");
    assertThat(container.sh("ls /dev").lines())
        .contains("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm")
        .doesNotContain("kmsg", "mem");
    assertThat(container.exec("sh", "-c", "mknod /tmp/k c 1 11 && head -c 1 /tmp/k").exitCode())
        .isNotZero();
  }

  @Test
  void aFolderOfTheNodeThatIsMissingIsMade() throws IOException {
    Path missing = folder("missing").resolve("as/yet");
    TestContainer container = start(config -> config.addMounts(mount(missing, "/x")));
    container.sh("echo y > /x/y");
    assertThat(missing.resolve("y")).hasContent("y");
  }

  @Test
  void aDeviceMustBeThere() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    config.addDevicesBuilder().setHostPath("/dev/no-such").setContainerPath("/dev/x");
    assertRefused(() -> pod.create(config), Status.Code.INVALID_ARGUMENT, "/dev/no-such");
    NODE.assertNoSnapshotIsLeft();
  }

  private static TestContainer start(Consumer<ContainerConfig.Builder> more) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    more.accept(config);
    return pod.start(config);
  }

  private static TestContainer startPrivileged(Consumer<ContainerConfig.Builder> more)
      throws IOException {
    TestPod pod = NODE.privilegedPod();
    ContainerConfig.Builder config = pod.privileged("sleep", "100000");
    more.accept(config);
    return pod.start(config);
  }

  private static Mount.Builder mount(Path outside, String inside) {
    return Mount.newBuilder().setHostPath(outside.toString()).setContainerPath(inside);
  }

  private static Path folder(String name) throws IOException {
    return Files.createDirectories(NODE.scratch().disk().resolve("volumes").resolve(name));
  }
}
