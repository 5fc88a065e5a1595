package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Mount.image} and {@code Mount.image_sub_path}. */
class ImageVolumesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);
  private String data = "";

  @BeforeEach
  void pullTheData() throws IOException {
    data =
        NODE.load(
            "data",
            TestImage.of(
                    Layer.of(
                        TarEntry.directory("models", 0755),
                        TarEntry.file("models/small", "lower"),
                        TarEntry.file("models/gone", "whited out"),
                        TarEntry.symbolicLink("models/latest", "/models/small"),
                        TarEntry.symbolicLink("escape", "../../../../etc"),
                        TarEntry.symbolicLink("models/up", "../../../../../../models")))
                .withLayer(
                    Layer.of(
                        TarEntry.directory("models/new", 0755),
                        TarEntry.file("models/new/large", "upper"),
                        TarEntry.file("models/.wh.gone", ""))));
  }

  @Test
  void theFilesOfAllLayersAreThereAndCanOnlyBeRead() throws IOException {
    TestContainer container = volumes.start(Volumes.image(data, "/data"));
    assertThat(container.sh("cat /data/models/small /data/models/new/large"))
        .isEqualTo("lowerupper");
    assertThat(container.sh("ls /data/models")).doesNotContain("gone");
    assertThat(container.exec("touch", "/data/x").exitCode()).isNotZero();
    assertThat(container.exec("rm", "/data/models/small").exitCode()).isNotZero();
    Mount told = container.status().getMounts(0);
    assertThat(told.getImage().getImage()).isEqualTo(data);
    assertThat(told.getImage().getImageRef()).isEqualTo(NODE.pull(data));
    // The kubelet asks for the image that the mount names, and tells the pod's owner what it gets.
    ImageStatusRequest named = ImageStatusRequest.newBuilder().setImage(told.getImage()).build();
    assertThat(NODE.cri().images().imageStatus(named).getImage().getId())
        .isEqualTo(told.getImage().getImageRef());
    assertThat(told.getReadonly()).isTrue();
    assertThat(told.getHostPath()).isEmpty();
  }

  @Test
  void anImageOfOneLayerIsMountedToo() throws IOException {
    String one = NODE.load("one", TestImage.of(Layer.of(TarEntry.file("only", "alone"))));
    TestContainer container = volumes.start(Volumes.image(one, "/data"));
    assertThat(container.sh("cat /data/only")).isEqualTo("alone");
    assertThat(container.exec("touch", "/data/x").exitCode()).isNotZero();
  }

  @Test
  void aFolderOrAFileOfItCanBeMounted() throws IOException {
    TestContainer container =
        volumes.start(
            Volumes.image(data, "/models").setImageSubPath("models"),
            Volumes.image(data, "/large").setImageSubPath("/models/new/large"),
            Volumes.image(data, "/latest").setImageSubPath("models/latest"),
            Volumes.image(data, "/up").setImageSubPath("models/up"));
    assertThat(container.sh("ls /models")).isEqualTo("latest\nnew\nsmall\nup");
    assertThat(container.sh("cat /large")).isEqualTo("upper");
    assertThat(container.sh("cat /latest")).as("a link of the image").isEqualTo("lower");
    assertThat(container.sh("cat /up/small")).as("no way out of it").isEqualTo("lower");
    assertThat(container.exec("sh", "-c", "echo x > /large").exitCode()).isNotZero();
    assertThat(container.status().getMounts(1).getImageSubPath()).isEqualTo("/models/new/large");
  }

  @Test
  void mountOptionsCountForImagesAsWell() throws IOException {
    TestContainer container =
        volumes.start(
            Volumes.image(NODE.busybox(), "/yes"),
            Volumes.image(NODE.busybox(), "/no").addMountOptions("noexec"));
    assertThat(container.exec("/yes/bin/busybox", "true").exitCode()).isZero();
    assertThat(container.sh("/no/bin/busybox true || echo refused")).isEqualTo("refused");
  }

  @Test
  void itCanBeNamedAsPullImageNamedIt() throws IOException {
    String reference = NODE.pull(data);
    assertThat(volumes.start(Volumes.image(reference, "/data")).sh("cat /data/models/small"))
        .isEqualTo("lower");
  }

  @Test
  void whatCantBeMountedIsToldAsTheKubeletWantsItAndLeavesNothing() throws IOException {
    String[] prefix = {"ImageVolumeMountFailed: ", "/data"};
    assertThat(refused(Volumes.image("no.such/image:1", "/data"), "no.such/image:1"))
        .startsWith(prefix[0]);
    for (String path : List.of("models/gone", "no/such", "escape", "models/small/x")) {
      assertThat(refused(Volumes.image(data, "/data").setImageSubPath(path), path))
          .startsWith(prefix[0]);
    }
    NODE.assertNoSnapshotIsLeft();
    assertThat(volumes.snapshots()).isEmpty();
  }

  @Test
  void contradictionsAreRefused() throws IOException {
    Path folder = volumes.folder("x");
    invalid(Volumes.image(data, "/data").setHostPath(folder.toString()), "host_path");
    invalid(Volumes.image("", "/data"), "image");
    invalid(Volumes.host(folder, "/data").setImageSubPath("models"), "image_sub_path");
    invalid(
        Volumes.image(data, "/data").setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER),
        "propagation");
    invalid(Volumes.image(data, "/data").setReadonly(false), "readonly");
  }

  @Test
  void itsImageStaysAsLongAsItsContainer() throws IOException {
    TestImage image =
        TestImage.of(Layer.of(TarEntry.file("secret", "mine")))
            .withLayer(Layer.of(TarEntry.file("second", "layer")));
    String own = NODE.load("own", image);
    TestContainer container = volumes.start(Volumes.image(own, "/data"));
    int layers = layers();
    for (String name : List.of(own, image.config().digest())) {
      assertRefused(
          () -> remove(name),
          Status.Code.FAILED_PRECONDITION,
          own,
          image.config().digest(),
          container.id());
    }
    NODE.daemon().kill();
    NODE.daemon().start();
    assertRefused(() -> remove(own), Status.Code.FAILED_PRECONDITION, container.id());
    assertThat(NODE.pull(own)).isEqualTo(image.config().digest());
    assertThat(container.sh("cat /data/secret /data/second")).isEqualTo("minelayer");

    container.stop(0);
    container.remove();
    remove(own);
    assertThat(volumes.snapshots()).isEmpty();
    assertThat(layers()).as("layers that nobody needs go").isEqualTo(layers - 2);
  }

  @Test
  void ofTwoImagesWithItsContentOneStays() throws IOException {
    TestImage image = TestImage.of(Layer.of(TarEntry.file("secret", "twice")));
    String first = NODE.load("twin/a", image);
    String second = NODE.load("twin/b", image.withUser("1000"));
    // What is built on it is another image: removing it takes nothing from the volume.
    String built =
        NODE.load("twin/built", image.withLayer(Layer.of(TarEntry.file("more", "more"))));
    TestContainer container = volumes.start(Volumes.image(first, "/data"));
    remove(first);
    assertRefused(() -> remove(second), Status.Code.FAILED_PRECONDITION, second, container.id());
    remove(built);
    assertThat(container.sh("cat /data/secret")).isEqualTo("twice");
    container.stop(0);
    container.remove();
    remove(second);
  }

  @Test
  void itGoesWhenThePodIsStopped() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.addMounts(Volumes.image(data, "/data"));
    TestContainer container = pod.start(config);
    assertThat(volumes.snapshots()).hasSize(2);
    pod.stop();
    assertThat(volumes.snapshots()).containsExactly(container.id());
  }

  @Test
  void itOutlivesTheDaemon() throws IOException {
    TestContainer container = volumes.start(Volumes.image(data, "/data"));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(container.sh("cat /data/models/small")).isEqualTo("lower");
    container.stop(0);
    container.remove();
    assertThat(volumes.snapshots()).isEmpty();
  }

  /** As a reboot leaves it: no mounts, no state, the disk as it was. */
  @Test
  void whatIsLeftAfterARebootGoesWithTheContainer() throws IOException {
    TestPod pod = NODE.pod();
    var config = pod.container("sleep", "100000");
    config.addMounts(Volumes.image(data, "/data"));
    TestContainer container = pod.create(config);
    NODE.daemon().stop();
    for (String key : volumes.snapshots()) {
      Path rootfs = NODE.daemon().root().resolve("image/snapshots").resolve(key).resolve("rootfs");
      Command.of("umount", rootfs.toString()).run().orThrow();
    }
    NODE.daemon().start();
    assertThat(volumes.snapshots()).hasSize(2);
    container.remove();
    assertThat(volumes.snapshots()).isEmpty();
  }

  @Test
  void whatNoRecordTellsOfGoesAtTheNextStart() throws IOException {
    TestPod pod = NODE.pod();
    var config = pod.container("sleep", "100000");
    config.addMounts(Volumes.image(data, "/data"));
    TestContainer container = pod.create(config);
    NODE.daemon().stop();
    Files.delete(NODE.daemon().root().resolve("containers").resolve(container.id() + ".json"));
    NODE.daemon().start();
    Waiting.until(
        Duration.ofSeconds(20), () -> volumes.snapshots().isEmpty(), () -> "snapshots are left");
  }

  private String refused(Mount.Builder mount, String part) {
    return assertRefused(() -> volumes.create(mount), Status.Code.UNKNOWN, "/data", part);
  }

  private void invalid(Mount.Builder mount, String part) {
    assertRefused(() -> volumes.create(mount), Status.Code.INVALID_ARGUMENT, "/data", part);
  }

  private static void remove(String image) {
    NODE.cri()
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(image))
                .build());
  }

  private static int layers() throws IOException {
    try (Stream<Path> list = Files.list(NODE.daemon().root().resolve("image/layers"))) {
      return (int) list.count();
    }
  }
}
