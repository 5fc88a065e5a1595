package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.snapshot.TreeListing;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is saved, and what comes of it when it is loaded again. */
class ImageSaveKernelTest extends ImageStoreFixture {
  private static final String OTHER = "registry.test/other:2";
  private static final byte[] DEVICES =
      new Tars()
          .directory("dev", 0755)
          .device("dev/tty", TarConstants.LF_CHR, 5, 0)
          .device("dev/disk", TarConstants.LF_BLK, 259, 3)
          .special("dev/pipe", TarConstants.LF_FIFO, "", Map.of("mtime", "12.000000345"))
          .file("n".repeat(200), "long")
          .build();

  private static TestImage image() {
    return ImageStoreKernelTest.trickyImage()
        .layer(DEVICES)
        .layer(new Tars().file("dev/.wh.disk", "").build())
        .layer(DEVICES)
        .layer(new Tars().file("between", "x").build())
        .config("Env", List.of("A=b"));
  }

  @ParameterizedTest
  @CsvSource({"OCI,NONE", "OCI,GZIP", "OCI,ZSTD", "DOCKER,NONE", "DOCKER,GZIP", "DOCKER,ZSTD"})
  void whatIsLoadedAgainIsTheSameTree(SaveOptions.Format format, SaveOptions.Compression packed)
      throws IOException {
    registry.serve(NAME, image());
    ImageStore store = open();
    Image saved = pull(store, NAME);
    SortedMap<String, String> expected = tree(store, saved);
    byte[] archive = save(store, new SaveOptions(format, packed), NAME);

    ImageStore other = openOther();
    Image loaded = other.importArchive(new ByteArrayInputStream(archive)).getFirst();
    assertThat(loaded.repoTags()).containsExactly(NAME);
    assertThat(other.config(loaded)).isEqualTo(store.config(saved));
    SortedMap<String, String> actual = tree(other, loaded);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String path : expected.keySet()) {
      assertThat(actual.get(path)).as(path).isEqualTo(expected.get(path));
    }
    // Nothing that depends on the day or the machine: the same image is the same archive.
    assertThat(save(other, new SaveOptions(format, packed), NAME)).isEqualTo(archive);
    assertNoTemporaryIsLeft();
  }

  @Test
  void imagesOfOneArchiveShareTheirLayersAndHaveTheirNames() throws IOException {
    registry.serve(NAME, new TestImage().layer(DEVICES).config("User", "a"));
    registry.serve(OTHER, new TestImage().layer(DEVICES).config("User", "b"));
    ImageStore store = open();
    Image one = pull(store, NAME);
    Image _ = pull(store, OTHER);
    Image _ = store.tag(NAME, "mine:1");
    for (SaveOptions.Format format : SaveOptions.Format.values()) {
      SaveOptions options = new SaveOptions(format, SaveOptions.Compression.NONE);
      byte[] archive = save(store, options, NAME, OTHER, "mine:1");
      Files.write(temp.resolve("archive.tar"), archive);
      assertThat(Commands.sh(temp, "tar -tf archive.tar | sort | uniq -d")).isEmpty();
      ImageStore other = openOther();
      assertThat(other.importArchive(new ByteArrayInputStream(archive))).hasSize(2);
      assertThat(other.find(NAME).orElseThrow().repoTags())
          .containsExactly("docker.io/library/mine:1", NAME);
      assertThat(other.config(other.find(OTHER).orElseThrow()).user()).isEqualTo("b");
      other.list().forEach(image -> other.remove(image.id()));
    }
    byte[] nameless =
        save(
            store, new SaveOptions(SaveOptions.Format.OCI, SaveOptions.Compression.GZIP), one.id());
    assertThat(openOther().importArchive(new ByteArrayInputStream(nameless)).getFirst().repoTags())
        .isEmpty();
  }

  @Test
  void othersReadWhatIsSaved() throws IOException {
    registry.serve(NAME, image());
    ImageStore store = open();
    Image _ = pull(store, NAME);
    for (SaveOptions.Format format : SaveOptions.Format.values()) {
      Files.write(
          temp.resolve(format + ".tar"),
          save(store, new SaveOptions(format, SaveOptions.Compression.GZIP), NAME));
    }
    Commands.sh(
        temp,
        """
        skopeo copy -q oci-archive:OCI.tar oci:from-oci:x
        skopeo copy -q docker-archive:DOCKER.tar oci:from-docker:x
        umoci unpack --image from-oci:x a
        umoci unpack --image from-docker:x b
        """);
    SortedMap<String, String> expected = TreeListing.of(temp.resolve("a/rootfs"));
    assertThat(expected).containsKeys("dev/pipe", "usr/hard");
    assertThat(TreeListing.of(temp.resolve("b/rootfs"))).isEqualTo(expected);
  }

  @Test
  void aConfigKeepsAllButItsLayers() {
    Digest old = Digest.of(new byte[] {1});
    Digest made = Digest.of(new byte[] {2});
    byte[] config =
        ("{\"author\":\"Jos\u00e9\", \"x\" : 1e2,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
                + "[\"%s\",\"%s\",\"%s\"]}}".formatted(old, made, old))
            .getBytes(StandardCharsets.ISO_8859_1);
    Digest last = Digest.of(new byte[] {3});
    byte[] changed =
        SavedImages.rewritten(
            config, Map.of(old, made, made, last), List.of(made, last, made), "x");
    assertThat(new String(changed, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "{\"author\":\"Jos\u00e9\", \"x\" : 1e2,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
                + "[\"%s\",\"%s\",\"%s\"]}}".formatted(made, last, made));
    assertThatThrownBy(() -> SavedImages.rewritten(config, Map.of(), List.of(made), "x"))
        .hasMessageContaining("is not understood");
  }

  @Test
  void anImageThatIsNotHereIsNotSaved() {
    ImageStore store = open();
    SaveOptions options = new SaveOptions(SaveOptions.Format.OCI, SaveOptions.Compression.GZIP);
    assertThatThrownBy(
            () -> store.save(List.of("nobody"), options, OutputStream.nullOutputStream()))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.NOT_FOUND))
        .hasMessage("no image nobody");
  }

  private static byte[] save(ImageStore store, SaveOptions options, String... images) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.save(List.of(images), options, out);
    return out.toByteArray();
  }

  private ImageStore openOther() {
    return ImageStore.open(
        temp.resolve("other"),
        fetcher("other", registry),
        ImageTrust.ANYTHING,
        Linux.get(),
        mounts);
  }

  private static SortedMap<String, String> tree(ImageStore store, Image image) throws IOException {
    Snapshot snapshot =
        store.snapshots().prepare("look", image.diffIds(), Snapshotter.Options.DEFAULT);
    try {
      return TreeListing.of(snapshot.rootfs());
    } finally {
      store.removeSnapshot("look");
    }
  }

  private void assertNoTemporaryIsLeft() throws IOException {
    for (String store : List.of("s", "other")) {
      try (var entries = Files.list(temp.resolve(store).resolve("layers"))) {
        assertThat(entries).noneMatch(e -> e.getFileName().toString().startsWith("new-"));
      }
    }
  }
}
