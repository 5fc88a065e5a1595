package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.FilesystemUsage;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ImageFilter;
import io.jcri.cri.v1.ImageFsInfoRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ImageStatusResponse;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.RegistryPush;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Listing, status, removal and the space that images take. */
class ImagesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @AfterEach
  void removeAllButBusybox() {
    for (Image image : list("")) {
      if (!image.getRepoTagsList().contains(NODE.busybox())) {
        remove(image.getId());
      }
    }
  }

  @Test
  void anImageIsOneWhateverItsNames() throws IOException {
    TestImage image = TestImages.marked("names");
    String first = NODE.load("names/a", image);
    String second = NODE.load("names/b", image);
    String host = NODE.registry().hostAndPort();
    String digest = image.manifest().digest();

    List<Image> all = list("");
    assertThat(all).filteredOn(i -> i.getId().equals(image.config().digest())).hasSize(1);
    Image found =
        all.stream()
            .filter(i -> i.getId().equals(image.config().digest()))
            .findFirst()
            .orElseThrow();
    assertThat(found.getRepoTagsList()).containsExactly(first, second);
    assertThat(found.getRepoDigestsList())
        .containsExactly(host + "/names/a@" + digest, host + "/names/b@" + digest);
    assertThat(found.getSize()).isPositive();

    for (String name :
        List.of(
            first,
            second,
            found.getId(),
            found.getId().substring("sha256:".length()),
            found.getId().substring("sha256:".length(), 25),
            host + "/names/a@" + digest)) {
      assertThat(status(name).getImage().getId()).as(name).isEqualTo(found.getId());
    }
    assertThat(list(first)).hasSize(1);
    assertThat(list("nosuch")).isEmpty();
  }

  @Test
  void thereIsNoErrorForAnImageThatIsNotHere() {
    assertThat(status("example.com/nosuch:1").hasImage()).isFalse();
    remove("example.com/nosuch:1");
  }

  @Test
  void aTagThatMovesLeavesTheOldImageWithoutIt() throws IOException {
    TestImage old = TestImages.marked("old");
    String reference = NODE.load("moving", old);
    TestImage fresh = TestImages.marked("fresh");
    NODE.load("moving", fresh);

    assertThat(status(reference).getImage().getId()).isEqualTo(fresh.config().digest());
    Image left = status(old.config().digest()).getImage();
    assertThat(left.getRepoTagsList()).isEmpty();
    assertThat(left.getRepoDigestsList()).hasSize(1);
  }

  @Test
  void aContainerOutlivesItsImage() throws IOException {
    String reference = NODE.load("short-lived", TestImages.marked("short-lived"));
    TestPod pod = NODE.pod();
    var config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(reference);
    TestContainer container = pod.start(config);
    String id = container.status().getImageId();
    remove(reference);

    assertThat(container.sh("cat /short-lived")).isEqualTo("short-lived");
    assertThat(container.status().getImageId()).isEqualTo(id);
    assertThat(container.status().getImage().getImage()).isEqualTo(reference);
  }

  @Test
  void theSpaceOfAnImageIsFreedWithIt() throws IOException {
    byte[] noise = new byte[8 << 20];
    new java.util.Random(1).nextBytes(noise);
    long before = usage().getUsedBytes().getValue();
    String reference =
        NODE.load("large", TestImage.of(Layer.of(TarEntry.file("noise", 0644, noise))));
    long with = usage().getUsedBytes().getValue();
    assertThat(with - before).isBetween(8L << 20, 20L << 20);
    assertThat(status(reference).getImage().getSize()).isGreaterThan(8L << 20);

    remove(reference);
    assertThat(usage().getUsedBytes().getValue()).isLessThan(before + (1 << 20));
    assertThat(usage().getTimestamp()).isPositive();
    assertThat(usage().getFsId().getMountpoint()).startsWith(NODE.daemon().root().toString());
    assertThat(usage().getInodesUsed().getValue()).isPositive();
  }

  @Test
  void theImagesUserIsTold() throws IOException {
    Image number = status(NODE.load("u/1", TestImages.busybox().withUser("1002"))).getImage();
    assertThat(number.getUid().getValue()).isEqualTo(1002);
    assertThat(number.getUsername()).isEmpty();

    Image both = status(NODE.load("u/2", TestImages.busybox().withUser("1003:100"))).getImage();
    assertThat(both.getUid().getValue()).isEqualTo(1003);

    Image name = status(NODE.load("u/3", TestImages.busybox().withUser("www-data"))).getImage();
    assertThat(name.getUsername()).isEqualTo("www-data");
    assertThat(name.hasUid()).isFalse();

    Image nameAndGroup =
        status(NODE.load("u/4", TestImages.busybox().withUser("www-data:100"))).getImage();
    assertThat(nameAndGroup.getUsername()).isEqualTo("www-data");
  }

  @Test
  void layersStackAsTheSpecificationSays() throws IOException {
    TestImage image =
        TestImages.busybox()
            .withLayer(
                Layer.of(
                    TarEntry.directory("d", 0755),
                    TarEntry.file("d/removed", "x"),
                    TarEntry.file("d/kept", "lower"),
                    TarEntry.directory("o", 0755),
                    TarEntry.file("o/hidden", "x")))
            .withLayer(
                Layer.of(
                    Layer.Compression.ZSTD,
                    TarEntry.whiteout("d/removed"),
                    TarEntry.directory("o", 0755),
                    TarEntry.opaque("o"),
                    TarEntry.file("o/shown", "upper"),
                    TarEntry.hardLink("o/second", "o/shown", 0644),
                    TarEntry.symbolicLink("link", "d/kept")));
    String reference = NODE.load("stack", image);
    TestPod pod = NODE.pod();
    var config =
        pod.container(
            "sh", "-c", "ls /d /o; cat /link; stat -c %h /o/shown; stat -c %Y /link; true");
    config.getImageBuilder().setImage(reference);
    TestContainer container = pod.start(config);
    container.awaitExit();
    assertThat(CriLog.text(container.log(), "stdout"))
        .isEqualTo("/d:\nkept\n\n/o:\nsecond\nshown\nlower2\n1767225600\n");
  }

  @Test
  void whatWasPulledIsHereAfterARestart() throws IOException {
    TestImage image = TestImages.marked("restart");
    String reference = NODE.load("kept", image);
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(status(reference).getImage().getId()).isEqualTo(image.config().digest());
  }

  @Test
  void verboseStatusTellsOfTheConfiguration() throws IOException {
    String reference = NODE.load("verbose", TestImages.busybox().withStopSignal("SIGQUIT"));
    assertThat(
            NODE.cri()
                .images()
                .imageStatus(
                    ImageStatusRequest.newBuilder()
                        .setImage(spec(reference))
                        .setVerbose(true)
                        .build())
                .getInfoMap()
                .toString())
        .contains("SIGQUIT");
  }

  @Test
  void anImageCanBeNamedByDigestOnly() throws IOException {
    TestImage image = TestImages.marked("by-digest");
    try (RegistryPush push = NODE.registry().pusher()) {
      push.push("by-digest", "x", image);
    }
    String reference = NODE.registry().hostAndPort() + "/by-digest@" + image.manifest().digest();
    assertThat(NODE.pull(reference)).isEqualTo(image.config().digest());
    Image found = status(reference).getImage();
    assertThat(found.getRepoTagsList()).isEmpty();
    assertThat(found.getRepoDigestsList()).containsExactly(reference);
  }

  private static FilesystemUsage usage() {
    return NODE.cri()
        .images()
        .imageFsInfo(ImageFsInfoRequest.getDefaultInstance())
        .getImageFilesystems(0);
  }

  private static List<Image> list(String image) {
    return NODE.cri()
        .images()
        .listImages(
            ListImagesRequest.newBuilder()
                .setFilter(ImageFilter.newBuilder().setImage(spec(image)))
                .build())
        .getImagesList();
  }

  private static ImageStatusResponse status(String image) {
    return NODE.cri()
        .images()
        .imageStatus(ImageStatusRequest.newBuilder().setImage(spec(image)).build());
  }

  private static void remove(String image) {
    NODE.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(spec(image)).build());
  }

  private static ImageSpec spec(String image) {
    return ImageSpec.newBuilder().setImage(image).build();
  }
}
