package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a mount comes from and where it goes. */
class MountTargetsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);

  @Test
  void linksOfTheNodeAreFollowedAndMissingFoldersMade() throws IOException {
    Path real = volumes.folder("real");
    Files.writeString(real.resolve("letter"), "x");
    Path link = Files.createSymbolicLink(volumes.folder("links").resolve("link"), real);
    Path missing = volumes.folder("missing").resolve("a/b");
    TestContainer container =
        volumes.start(Volumes.host(link, "/linked"), Volumes.host(missing, "/made"));
    assertThat(container.sh("cat /linked/letter")).isEqualTo("x");
    assertThat(missing).isDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(missing)))
        .isEqualTo("rwxr-xr-x");
    assertThat(container.status().getMounts(0).getHostPath()).isEqualTo(link.toString());
  }

  @Test
  void aDanglingLinkIsRefused() throws IOException {
    Path link =
        Files.createSymbolicLink(volumes.folder("dangling").resolve("link"), Path.of("/no/such/x"));
    assertRefused(
        () -> volumes.create(Volumes.host(link, "/data")),
        Status.Code.INVALID_ARGUMENT,
        link.toString());
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void mountsGoOnTopOfMountsWhateverTheirOrder() throws IOException {
    Path outer = volumes.folder("outer");
    Path inner = volumes.folder("inner");
    Files.createDirectories(outer.resolve("in"));
    Files.writeString(outer.resolve("o"), "");
    Files.writeString(inner.resolve("i"), "");
    TestContainer container =
        volumes.start(Volumes.host(inner, "/data/in"), Volumes.host(outer, "/data"));
    assertThat(container.sh("ls /data /data/in")).contains("o", "i");
    assertThat(container.exec("test", "-e", "/data/in/i").exitCode()).isZero();
  }

  @Test
  void aMountTakesThePlaceOfADefaultOne() throws IOException {
    Path etc = volumes.folder("etc");
    Path dev = volumes.folder("shm");
    Files.writeString(etc.resolve("mine"), "x");
    TestContainer container =
        volumes.start(Volumes.host(etc, "/etc"), Volumes.host(dev, "/dev/shm"));
    assertThat(container.sh("cat /etc/mine")).isEqualTo("x");
    assertThat(container.sh("cat /etc/hosts")).as("the pod's files stay").contains("localhost");
    container.sh("echo y > /dev/shm/y");
    assertThat(dev.resolve("y")).hasContent("y");
  }

  @Test
  void theNodesDevicesAndSysfsCanBeMountedWhole() throws IOException {
    TestPod pod = NODE.privilegedPod();
    TestContainer container =
        pod.start(
            pod.privileged("sleep", "100000")
                .addMounts(Volumes.host(Path.of("/dev"), "/dev"))
                .addMounts(Volumes.host(Path.of("/sys"), "/sys").setReadonly(true))
                .addMounts(Volumes.host(Path.of("/proc"), "/host/proc").setReadonly(true)));
    assertThat(container.exec("test", "-c", "/dev/kmsg").exitCode()).isZero();
    assertThat(container.exec("test", "-d", "/sys/class").exitCode()).isZero();
    assertThat(container.sh("cat /host/proc/1/comm"))
        .isEqualTo(Files.readString(Path.of("/proc/1/comm")).strip());
  }

  @Test
  void theRootAndRelativePathsAreRefused() throws IOException {
    Path folder = volumes.folder("x");
    for (String path : new String[] {"/", "//", "/a/..", "/."}) {
      assertRefused(
          () -> volumes.create(Volumes.host(folder, path)),
          Status.Code.INVALID_ARGUMENT,
          "config.mounts: " + path,
          "root");
    }
    for (String path : new String[] {"", "data", "../data"}) {
      assertRefused(
          () -> volumes.create(Volumes.host(folder, path)),
          Status.Code.INVALID_ARGUMENT,
          "container_path must be absolute");
    }
    assertRefused(
        () -> volumes.create(Volumes.host(Path.of("relative"), "/data")),
        Status.Code.INVALID_ARGUMENT,
        "/data",
        "host_path must be absolute");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void propagationThatTheNodesMountCantGiveIsRefused() throws IOException {
    Path folder = volumes.folder("propagation");
    Volumes.tmpfs(folder);
    try {
      Command.of("mount", "--make-private", folder.toString()).run().orThrow();
      refusedPropagation(folder, MountPropagation.PROPAGATION_HOST_TO_CONTAINER);
      refusedPropagation(folder, MountPropagation.PROPAGATION_BIDIRECTIONAL);
      Command.of("mount", "--make-shared", folder.toString()).run().orThrow();
      Command.of("mount", "--make-slave", folder.toString()).run().orThrow();
      refusedPropagation(folder, MountPropagation.PROPAGATION_BIDIRECTIONAL);
      NODE.assertNoSnapshotIsLeft();
    } finally {
      NODE.cri().removeAllPods();
      Volumes.unmount(folder);
    }
  }

  private void refusedPropagation(Path folder, MountPropagation propagation) {
    assertRefused(
        () -> volumes.create(Volumes.host(folder, "/data").setPropagation(propagation)),
        Status.Code.FAILED_PRECONDITION,
        folder.toString(),
        "shared");
  }
}
