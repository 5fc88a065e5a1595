package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.FilesystemUsage;
import io.jcri.cri.v1.ImageFsInfoRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Blob;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What ImageFsInfo tells of the disk, beside du(1). */
class DiskUsageTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final int FILES = 400;

  private final Random random = new Random(9);

  @Test
  void whatIsToldIsWhatDuSaysAndNothingStaysOfImagesThatAreRemoved() throws IOException {
    Layer shared = shared();
    String plain = NODE.load("du/plain", TestImage.of(shared, odd()));
    assertAsDuSays("one image");
    // Links to files below are completed when these are there, copies of their holes included.
    Layer links =
        Layer.of(
            TarEntry.hardLink("links/one", "shared/3/file-3", 0644),
            TarEntry.hardLink("links/two", "shared/4/file-4", 0644),
            TarEntry.whiteout("shared/5"),
            TarEntry.file("links/own", "own"));
    String linked = NODE.load("du/linked", TestImage.of(shared, sparse(), links));
    List<Layer> small = new ArrayList<>(List.of(shared));
    for (int i = 0; i < 20; i++) {
      small.add(Layer.of(TarEntry.file("small/" + i, "layer " + i)));
    }
    String many = NODE.load("du/many", TestImage.of(small.toArray(Layer[]::new)));
    assertAsDuSays("all images");

    long before = du("--block-size=1");
    remove(linked);
    // The answer has come, so the space is there.
    assertThat(before - du("--block-size=1")).isGreaterThan(1 << 20);
    assertAsDuSays("one is removed");
    remove(plain);
    assertAsDuSays("two are removed");

    remove(many);
    remove(NODE.busybox());
    assertThat(
            NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList())
        .isEmpty();
    assertThat(usage().getUsedBytes().getValue()).isZero();
    assertThat(usage().getInodesUsed().getValue()).isZero();
    assertThat(content()).isEmpty();
    assertThat(PullWorkers.names(store().resolve("layers"))).isEmpty();
    assertThat(PullWorkers.names(store().resolve("images"))).isEmpty();
    NODE.pull(NODE.busybox());
  }

  /** Many files of all sizes, of which some have several names. */
  private Layer shared() throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      String path = "shared/" + i % 20 + "/file-" + i;
      byte[] content = new byte[random.nextInt(30_000)];
      random.nextBytes(content);
      entries.add(TarEntry.file(path, 0644, content));
      if (i % 10 == 0) {
        entries.add(TarEntry.hardLink("shared/" + i % 20 + "/name-" + i, path, 0644));
        entries.add(TarEntry.symbolicLink("shared/short-" + i, path));
        entries.add(TarEntry.symbolicLink("shared/long-" + i, "x".repeat(100)));
      }
    }
    return Layer.of(Layer.Compression.GZIP, entries);
  }

  /** What is there twice, is empty, or has attributes that need room of their own. */
  private Layer odd() throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] value = new byte[i % 2 == 0 ? 20 : 1500];
      random.nextBytes(value);
      entries.add(TarEntry.file("odd/" + i, "odd").withXattr("user.value", value));
      entries.add(TarEntry.directory("empty/" + i, 0755));
      entries.add(TarEntry.fifo("odd/fifo-" + i, 0644));
    }
    entries.add(TarEntry.file("again", 0644, new byte[200_000]));
    entries.add(TarEntry.file("again", 0644, new byte[100]));
    return Layer.of(Layer.Compression.ZSTD, entries);
  }

  /** Files that are mostly holes, as GNU tar packs them. */
  private Layer sparse() throws IOException {
    Path top = NODE.scratch().disk().resolve("sparse");
    Path folder = Files.createDirectories(top.resolve("holes"));
    for (int i = 0; i < 4; i++) {
      try (RandomAccessFile file =
          new RandomAccessFile(folder.resolve("file-" + i).toFile(), "rw")) {
        byte[] piece = new byte[300_000];
        random.nextBytes(piece);
        file.seek(10 << 20);
        file.write(piece);
        file.setLength(64 << 20);
      }
    }
    Path archive = top.resolve("archive.tar");
    Command.Result made =
        Command.of("tar", "-C", top.toString(), "-Scf", archive.toString(), "holes").run();
    assertThat(made.exitCode()).as(made.err()).isZero();
    byte[] tar = Files.readAllBytes(archive);
    assertThat(tar.length).isLessThan(4 << 20);
    Files.delete(archive);
    return Layer.raw(Layer.Compression.NONE, Blob.of(tar).digest(), tar);
  }

  private static Path store() {
    return NODE.daemon().root().resolve("image");
  }

  private static void assertAsDuSays(String when) throws IOException {
    long bytes = du("--block-size=1");
    assertThat(bytes).isGreaterThan(4 << 20);
    assertThat(usage().getUsedBytes().getValue())
        .as("bytes, %s", when)
        .isBetween(bytes - bytes / 100, bytes + bytes / 100);
    long inodes = du("--inodes") - ownFolders();
    assertThat(usage().getInodesUsed().getValue())
        .as("inodes, %s", when)
        .isBetween(inodes - inodes / 100, inodes + inodes / 100);
  }

  /** The store's own, which are there without an image and count as none's. */
  private static long ownFolders() throws IOException {
    return 1L + PullWorkers.names(store()).size();
  }

  private static long du(String option) throws IOException {
    Command.Result result = Command.of("du", "-s", option, store().toString()).run();
    assertThat(result.exitCode()).as(result.err()).isZero();
    return Long.parseLong(result.out().split("\t", -1)[0]);
  }

  /** Whatever is no directory, but what the worker's libraries have unpacked for themselves. */
  private static List<Path> content() throws IOException {
    try (Stream<Path> all = Files.walk(store())) {
      return all.filter(file -> !Files.isDirectory(file))
          .filter(file -> !file.startsWith(store().resolve("worker")))
          .toList();
    }
  }

  private static FilesystemUsage usage() {
    return NODE.cri()
        .images()
        .imageFsInfo(ImageFsInfoRequest.getDefaultInstance())
        .getImageFilesystems(0);
  }

  private static void remove(String image) {
    var _ =
        NODE.cri()
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(image))
                    .build());
  }
}
