package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a creation writes into config.json, and that one that fails halfway leaves nothing. */
class CreationTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);
  private String image = "";

  @BeforeEach
  void pullTheImage() throws IOException {
    image = NODE.load("declares", TestImages.busybox().withVolumes("/data", "/opt/deep/er"));
  }

  @Test
  void parentsComeFirstAndWhatIsAskedForBeatsTheRest() throws IOException {
    Path folder = volumes.folder("order");
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        config(pod)
            .addMounts(Volumes.host(folder, "/data/x/y").setReadonly(true))
            .addMounts(Volumes.image(NODE.busybox(), "/img").addMountOptions("noexec"))
            .addMounts(Volumes.host(folder, "/etc//hosts"))
            .addMounts(Volumes.host(folder.resolve("made"), "/a").addMountOptions("nosuid"));
    config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(true);
    TestContainer container = pod.create(config);
    assertThat(mounts(pod, container, folder))
        .containsExactly(
            "/proc proc proc nosuid,noexec,nodev",
            "/dev tmpfs tmpfs nosuid,strictatime,mode=755,size=65536k",
            "/sys sysfs sysfs nosuid,noexec,nodev,ro",
            "/data bind SNAPSHOTS/ID/volumes/0 rbind,rprivate,rw",
            "/img bind SNAPSHOTS/ID-volume-1/rootfs rbind,rprivate,ro,noexec",
            "/a bind FOLDER/made rbind,rprivate,rw,nosuid",
            "/dev/pts devpts devpts nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5",
            "/dev/mqueue mqueue mqueue nosuid,noexec,nodev",
            "/dev/shm bind POD/shm rbind,rprivate",
            "/etc/hostname bind POD/hostname rbind,rprivate,ro",
            "/etc/resolv.conf bind POD/resolv.conf rbind,rprivate,ro",
            "/etc/hosts bind FOLDER rbind,rprivate,rw",
            "/sys/fs/cgroup cgroup cgroup nosuid,noexec,nodev,relatime,ro",
            "/opt/deep/er bind SNAPSHOTS/ID/volumes/1 rbind,rprivate,rw",
            "/data/x/y bind FOLDER rbind,rprivate,ro");
    assertThat(folder.resolve("made")).isDirectory();
  }

  @Test
  void whatFailsHalfwayLeavesNothing() throws IOException {
    Path folder = volumes.folder("failures");
    Path dangling = folder.resolve("dangling");
    Files.createSymbolicLink(dangling, folder.resolve("no/such"));
    TestPod pod = NODE.pod();
    Set<String> before = made();

    // the plan, after the root file system was mounted
    assertFails(
        pod,
        Status.Code.INVALID_ARGUMENT,
        "no user \"nobody-here\"",
        config ->
            config
                .addMounts(Volumes.host(folder.resolve("not-made"), "/a"))
                .getLinuxBuilder()
                .getSecurityContextBuilder()
                .setRunAsUsername("nobody-here"));
    assertFails(
        pod,
        Status.Code.INVALID_ARGUMENT,
        "no/such/device",
        config -> config.addDevicesBuilder().setHostPath("/dev/no/such/device"));
    // the first, the second and the third mount
    assertFails(
        pod,
        Status.Code.INVALID_ARGUMENT,
        dangling.toString(),
        config -> config.addMounts(Volumes.host(dangling, "/a")));
    assertFails(
        pod,
        Status.Code.UNKNOWN,
        "no.such/image",
        config ->
            config
                .addMounts(Volumes.image(NODE.busybox(), "/a"))
                .addMounts(Volumes.image("no.such/image:1", "/b")));
    assertFails(
        pod,
        Status.Code.UNKNOWN,
        "no/such/path",
        config ->
            config
                .addMounts(Volumes.image(NODE.busybox(), "/a"))
                .addMounts(Volumes.host(folder, "/b"))
                .addMounts(Volumes.image(NODE.busybox(), "/c").setImageSubPath("no/such/path")));
    // after all of them
    assertFails(
        pod,
        Status.Code.FAILED_PRECONDITION,
        "vendor.no/class=such",
        config ->
            config
                .addMounts(Volumes.image(NODE.busybox(), "/a"))
                .addCDIDevicesBuilder()
                .setName("vendor.no/class=such"));
    // the bundle
    Path bundles = NODE.daemon().state().resolve("containers");
    Command.of("mount", "--bind", bundles.toString(), bundles.toString()).run().orThrow();
    Command.of("mount", "-o", "remount,bind,ro", bundles.toString()).run().orThrow();
    try {
      assertFails(
          pod,
          Status.Code.INTERNAL,
          "",
          config -> config.addMounts(Volumes.image(NODE.busybox(), "/a")));
    } finally {
      Volumes.unmount(bundles);
    }

    assertThat(made()).isEqualTo(before);
    NODE.assertNoSnapshotIsLeft();
    assertThat(folder.resolve("not-made")).doesNotExist();
    pod.create(config(pod)).remove();
  }

  private void assertFails(
      TestPod pod, Status.Code code, String why, Consumer<ContainerConfig.Builder> more) {
    ContainerConfig.Builder config = config(pod);
    more.accept(config);
    assertRefused(() -> pod.create(config), code, why);
  }

  /** Snapshots and records that are on the disk, and all that the daemon has in its state. */
  private Set<String> made() throws IOException {
    Set<String> made = new TreeSet<>(volumes.snapshots());
    for (Path folder :
        List.of(
            NODE.daemon().root().resolve("containers"),
            NODE.daemon().state().resolve("containers"),
            NODE.daemon().state().resolve("roots"))) {
      if (Files.exists(folder)) {
        try (Stream<Path> list = Files.list(folder)) {
          list.forEach(path -> made.add(path.toString()));
        }
      }
    }
    return made;
  }

  private ContainerConfig.Builder config(TestPod pod) {
    ContainerConfig.Builder config = pod.container("true");
    config.getImageBuilder().setImage(image);
    return config;
  }

  private static List<String> mounts(TestPod pod, TestContainer container, Path folder)
      throws IOException {
    Path bundle = NODE.daemon().state().resolve("containers").resolve(container.id());
    String config = Files.readString(bundle.resolve("bundle/config.json"));
    List<String> mounts = new ArrayList<>();
    for (JsonElement one :
        JsonParser.parseString(config).getAsJsonObject().getAsJsonArray("mounts")) {
      JsonObject mount = one.getAsJsonObject();
      List<String> options =
          mount.getAsJsonArray("options").asList().stream().map(JsonElement::getAsString).toList();
      mounts.add(
          Stream.of("destination", "type", "source")
                  .map(key -> mount.get(key).getAsString())
                  .reduce("", (a, b) -> a + b + " ")
              + String.join(",", options));
    }
    Path root = NODE.daemon().root().resolve("image/snapshots");
    Path ofPod = NODE.daemon().state().resolve("pods").resolve(pod.id());
    return mounts.stream()
        .map(line ->
            line.replace(folder.toString(), "FOLDER")
                .replace(root.toString(), "SNAPSHOTS")
                .replace(ofPod.toString(), "POD")
                .replace(container.id(), "ID"))
        .toList();
  }
}
