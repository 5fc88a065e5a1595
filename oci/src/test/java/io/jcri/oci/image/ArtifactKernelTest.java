package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** OCI artifacts: pulled, listed, mounted and removed as images are. */
class ArtifactKernelTest extends ImageStoreFixture {

  private static final String TYPE = "application/vnd.test.model";
  private static final byte[] TAR = new Tars().file("inside", "x").build();

  @Test
  void anArtifactIsNotSavedAsAnImage() {
    registry.serve(NAME, new TestImage().artifact(TYPE).file("a", "content"));
    ImageStore store = open();
    pull(store, NAME);
    assertThatThrownBy(() ->
            store.save(
                List.of(NAME),
                new SaveOptions(SaveOptions.Format.OCI, SaveOptions.Compression.NONE),
                OutputStream.nullOutputStream()))
        .isInstanceOf(OciException.class)
        .hasMessageContainingAll(NAME, TYPE);
  }

  @Test
  void eachLayerIsAFileByItsTitle() throws IOException {
    byte[] large = new byte[3 << 20];
    new Random(5).nextBytes(large);
    String longName = "n".repeat(255);
    String text = new String(new char[] {'\u00fc', '\u4e2d'});
    TestImage artifact =
        new TestImage()
            .artifact(TYPE)
            .file("readme.txt", "hello")
            .file("text/plain", "empty", new byte[0])
            .file("application/gguf", "models/a/large.bin", large)
            .file("models/a/" + longName, "long")
            .file(text, "unicode")
            // Whatever they are, they are not unpacked.
            .file(MediaTypes.OCI_LAYER, "data.tar", TAR)
            .file(MediaTypes.OCI_LAYER_GZIP, "data.tgz", TestImage.gzip(TAR))
            .file("", "no title");
    registry.serve(NAME, artifact);
    ImageStore store = open();
    Image image = pull(store, NAME);

    assertThat(image.id()).isEqualTo(artifact.build().digest().toString());
    assertThat(image.artifact()).contains(TYPE);
    assertThat(image.repoTags()).containsExactly(NAME);
    assertThat(image.repoDigests()).containsExactly("registry.test/app@" + image.id());
    assertThat(image.size()).isBetween(3L << 20, 4L << 20);
    assertThat(store.config(image).entrypoint()).isEmpty();
    assertThat(store.labels(image)).isEmpty();

    String untitled = "sha256-" + Digest.of("no title".getBytes(StandardCharsets.UTF_8)).hex();
    Path root = mount(store, image, "c-volume-0").rootfs();
    assertThat(files(root))
        .containsExactlyInAnyOrder(
            "readme.txt",
            "empty",
            "models",
            "models/a",
            "models/a/large.bin",
            "models/a/" + longName,
            text,
            "data.tar",
            "data.tgz",
            untitled);
    assertThat(root.resolve("readme.txt")).hasContent("hello");
    assertThat(root.resolve("models/a/large.bin")).hasBinaryContent(large);
    assertThat(root.resolve("models/a/" + longName)).hasContent("long");
    assertThat(root.resolve("data.tar")).hasBinaryContent(TAR);
    assertThat(root.resolve("data.tgz")).hasBinaryContent(TestImage.gzip(TAR));
    assertThat(root.resolve("empty")).isEmptyFile();
    for (String file : files(root)) {
      Path path = root.resolve(file);
      String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
      assertThat(Files.getPosixFilePermissions(path))
          .isEqualTo(PosixFilePermissions.fromString(mode));
      assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(0);
      assertThat(Files.getLastModifiedTime(path)).isEqualTo(FileTime.from(Instant.EPOCH));
    }
    assertThat(Files.getPosixFilePermissions(root))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    store.removeSnapshot("c-volume-0");
  }

  @Test
  void itIsHereAfterARestartAndGoesWithItsSpace() throws IOException {
    registry.serve(NAME, new TestImage().artifact(TYPE).file("a", "1").file("d/b", "2"));
    Image image = pull(open(), NAME);
    ImageStore store = open();
    assertThat(store.list()).containsExactly(image);
    assertThat(store.find(image.id())).contains(image);
    // What its digest names is not asked for again.
    FakeRegistry none = new FakeRegistry();
    ImageStore offline =
        ImageStore.open(
            temp.resolve("s"),
            fetcher("s", none),
            ImageTrust.ANYTHING,
            io.jcri.sandbox.linux.Linux.get(),
            mounts);
    assertThat(pull(offline, "registry.test/app@" + image.id())).isEqualTo(image);

    Snapshot volume = mount(store, image, "c-volume-1");
    assertThat(volume.rootfs().resolve("d/b")).hasContent("2");
    store.remove(NAME);
    assertThat(volume.rootfs().resolve("d/b")).hasContent("2");
    store.removeSnapshot("c-volume-1");
    assertNothingIsLeft(store);
  }

  @Test
  void twoOfTheSameContentAreTwoUnlessTheirPathsAre() throws IOException {
    registry.serve(NAME, new TestImage().artifact(TYPE).file("a", "same").file("b", "1"));
    registry.serve(
        "registry.test/other:1", new TestImage().artifact(TYPE).file("a", "same").file("c", "1"));
    ImageStore store = open();
    Image first = pull(store, NAME);
    Image second = pull(store, "registry.test/other:1");
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(store.list()).hasSize(2);
    assertThat(registry.askedFor(Digest.of("same".getBytes(StandardCharsets.UTF_8)))).isOne();
    store.remove(NAME);
    assertThat(files(mount(store, second, "c-volume-0").rootfs()))
        .containsExactlyInAnyOrder("a", "c");
    store.removeSnapshot("c-volume-0");
  }

  @Test
  void oneWithoutContentIsAnEmptyDirectory() throws IOException {
    registry.serve(
        NAME, new TestImage().artifact(TYPE).file(MediaTypes.EMPTY, "", new byte[] {'{', '}'}));
    ImageStore store = open();
    Image image = pull(store, NAME);
    assertThat(files(mount(store, image, "c-volume-0").rootfs())).isEmpty();
    store.removeSnapshot("c-volume-0");
  }

  @Test
  void titlesThatAreNoPathsAreRefused() throws IOException {
    ImageStore store = open();
    for (String title :
        List.of(
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            ".",
            "a/./b",
            "..",
            "new\nline",
            "nul\0",
            ".wh.a",
            "d/.wh..wh..opq",
            "n".repeat(256),
            "d/".repeat(1900) + "far")) {
      registry.serve(NAME, new TestImage().artifact(TYPE).file("ok", "1").file(title, "2"));
      assertFails(store, OciException.Kind.INVALID, "has the title \"");
    }
    for (List<String> both : List.of(List.of("a", "a"), List.of("a", "a/b"), List.of("a/b", "a"))) {
      registry.serve(
          NAME,
          new TestImage().artifact(TYPE).file(both.getFirst(), "1").file(both.getLast(), "2"));
      assertFails(store, OciException.Kind.INVALID, NAME);
    }
    registry.serve(NAME, new TestImage().artifact("x".repeat(2000)).file("a", "1"));
    assertFails(store, OciException.Kind.INVALID, "a type of 2000 characters");
    assertNothingIsLeft(store);
  }

  @Test
  void contentThatIsNotThatOfItsDigestIsDataLoss() throws IOException {
    registry.serve(NAME, new TestImage().artifact(TYPE).file("a", "right"));
    Digest blob = Digest.of("right".getBytes(StandardCharsets.UTF_8));
    ImageStore store = open();
    for (String other : List.of("wrong", "righ", "right!", "")) {
      registry.replace(blob, other.getBytes(StandardCharsets.UTF_8));
      assertFails(store, OciException.Kind.DATA_LOSS, NAME);
      assertNothingIsLeft(store);
    }
  }

  @Test
  void anImagesConfigMakesAnImage() throws IOException {
    TestImage odd = new TestImage().file("text/plain", "a", new byte[1]);
    registry.serve(NAME, odd);
    ImageStore store = open();
    assertFails(store, OciException.Kind.INVALID, "it is not a container image");
    registry.serve(NAME, smallImage());
    assertThat(pull(store, NAME).artifact()).isEmpty();
  }

  @Test
  void whatIsAttachedToAnImageIsNotTakenForIt() {
    TestImage artifact = new TestImage().artifact(TYPE).file("a", "1");
    TestImage image = smallImage();
    List<Map<String, Object>> entries = new ArrayList<>();
    for (TestImage one : List.of(artifact, image)) {
      registry.serve("registry.test/part:1", one);
      entries.add(TestImage.json(one.build()));
    }
    registry.serveIndex(NAME, entries);
    ImageStore store = open();
    assertThat(pull(store, NAME).artifact()).isEmpty();
    registry.serveIndex("registry.test/alone:1", List.of(TestImage.json(artifact.build())));
    assertThat(pull(store, "registry.test/alone:1").artifact()).contains(TYPE);
  }

  @Test
  void anArchiveMayHoldOne() throws IOException {
    TestImage artifact = new TestImage().artifact(TYPE).file("dir/a", "1");
    Path layout = Files.createDirectory(temp.resolve("layout"));
    artifact.writeLayout(layout, artifact.build(), "registry.test/loaded:1");
    Tars archive = new Tars();
    try (Stream<Path> all = Files.walk(layout)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        archive.file(layout.relativize(file).toString(), Files.readString(file));
      }
    }
    ImageStore store = open();
    Image image = store.importArchive(new ByteArrayInputStream(archive.build())).getFirst();
    assertThat(image.repoTags()).containsExactly("registry.test/loaded:1");
    assertThat(mount(store, image, "c-volume-0").rootfs().resolve("dir/a")).hasContent("1");
    store.removeSnapshot("c-volume-0");
  }

  private static Snapshot mount(ImageStore store, Image image, String key) {
    return store
        .snapshots()
        .prepare(key, image.diffIds(), new Snapshotter.Options(true, Optional.empty()));
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> !path.equals(root))
          .map(path -> root.relativize(path).toString())
          .toList();
    }
  }
}
