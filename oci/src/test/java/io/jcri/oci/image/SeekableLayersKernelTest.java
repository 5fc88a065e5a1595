package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.image.SeekableBlobs.Member;
import io.jcri.oci.image.SeekableBlobs.Seekable;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.snapshot.TreeListing;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Layers of eStargz and zstd:chunked, which are pulled as any other. */
class SeekableLayersKernelTest extends ImageStoreFixture {

  private static final String PLAIN = "registry.test/plain:1";
  private static final String ESTARGZ_TOC = "containerd.io/snapshot/stargz/toc.digest";
  private static final String CHUNKED_TOC = "io.github.containers.zstd-chunked.manifest-checksum";

  private static final List<Member> FIRST =
      List.of(
          new Member("bin/", ""),
          new Member("bin/app", random(300_000)),
          new Member("etc/", ""),
          new Member("etc/app.conf", "a=b"));
  private static final List<Member> REST =
      List.of(
          // More than the stages of a pull have in their hands.
          new Member("usr/", ""), new Member("usr/data", random(3 << 20)), new Member("z", "last"));

  private static String random(int length) {
    byte[] bytes = new byte[length / 2];
    new Random(length).nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Seekable eStargz() {
    return SeekableBlobs.eStargz(FIRST, REST);
  }

  private static TestImage imageOf(Seekable layer) {
    return new TestImage()
        .layerOf(
            MediaTypes.OCI_LAYER_GZIP,
            layer.tar(),
            layer.blob(),
            Map.of(
                ESTARGZ_TOC,
                layer.contents().toString(),
                "io.containers.estargz.uncompressed-size",
                Integer.toString(layer.tar().length)));
  }

  @Test
  void eStargzIsTheTreeOfThePlainLayer() throws IOException {
    Seekable layer = eStargz();
    registry.serve(NAME, imageOf(layer));
    ImageStore store = open();
    Image image = pull(store, NAME);
    SortedMap<String, String> tree = listing("s", image);
    assertThat(tree).containsKeys("bin/app", "usr/data", "z", "stargz.index.json");
    assertThat(tree).isEqualTo(plain(layer));
    assertThat(store.seekable(image))
        .containsExactly(
            new SeekableLayer(image.diffIds().getFirst(), "eStargz", layer.contents()));
  }

  @Test
  void zstdChunkedIsTheTreeOfThePlainLayer() throws IOException {
    Seekable layer =
        SeekableBlobs.zstdChunked(Stream.of(FIRST, REST).flatMap(List::stream).toList());
    registry.serve(
        NAME,
        new TestImage()
            .layerOf(
                MediaTypes.OCI_LAYER_ZSTD,
                layer.tar(),
                layer.blob(),
                Map.of(CHUNKED_TOC, layer.contents().toString())));
    ImageStore store = open();
    Image image = pull(store, NAME);
    assertThat(listing("s", image)).isEqualTo(plain(layer));
    assertThat(store.seekable(image))
        .containsExactly(
            new SeekableLayer(image.diffIds().getFirst(), "zstd:chunked", layer.contents()));
  }

  @Test
  void whatIsPrefetchedIsThereBeforeTheRestHasCome() {
    Seekable layer = eStargz();
    TestImage image = imageOf(layer);
    registry.serve(NAME, image);
    Set<String> seen = new TreeSet<>();
    int withheld = layer.landmark() + (1 << 20);
    assertThat(layer.blob().length).isGreaterThan(withheld + 100_000);
    registry.misbehave(
        Digest.of(layer.blob()), stream -> new Withheld(stream, withheld, () -> await(seen)));
    Image _ = pull(open(), NAME);
    assertThat(seen)
        .contains("bin/app 300000", "etc/app.conf 3", SeekableBlobs.LANDMARK + " 1")
        .doesNotContain("z 4");
  }

  @Test
  void whatIsKnownOfALayerStaysWithItsImage() {
    Seekable layer = eStargz();
    registry.serve(NAME, imageOf(layer));
    ImageStore store = open();
    Image image = pull(store, NAME);
    Image tagged = store.tag(image.id(), "registry.test/other:1");
    assertThat(store.seekable(tagged)).hasSize(1);
    assertThat(open().seekable(store.pin(image.id(), true))).hasSize(1);
  }

  @Test
  void annotationsAreNoReasonToRefuse() {
    Seekable layer = eStargz();
    String digest = layer.contents().toString();
    int tag = 0;
    ImageStore store = open();
    for (Map<String, String> odd :
        List.of(
            Map.of("io.containers.estargz.uncompressed-size", "5"),
            Map.of(ESTARGZ_TOC, "sha256:short"),
            Map.of(CHUNKED_TOC, ""),
            Map.of(ESTARGZ_TOC, digest, CHUNKED_TOC, digest))) {
      tag++;
      String name = "registry.test/odd:" + tag;
      registry.serve(
          name,
          new TestImage()
              .config("Cmd", List.of(name))
              .layerOf(MediaTypes.OCI_LAYER_GZIP, layer.tar(), layer.blob(), odd));
      assertThat(store.seekable(pull(store, name))).as("%s", odd).isEmpty();
    }
  }

  private SortedMap<String, String> plain(Seekable layer) throws IOException {
    FakeRegistry other = new FakeRegistry();
    other.serve(
        PLAIN,
        new TestImage()
            .layerOf("application/vnd.oci.image.layer.v1.tar", layer.tar(), layer.tar()));
    Image image = pull(open("plain", other), PLAIN);
    return listing("plain", image);
  }

  /** Without the root, of which the archive says nothing. */
  private SortedMap<String, String> listing(String root, Image image) throws IOException {
    Path layer = temp.resolve(root).resolve("layers").resolve(image.diffIds().getFirst().hex());
    SortedMap<String, String> tree = TreeListing.of(layer.resolve("diff"));
    assertThat(tree.remove("")).isNotNull();
    return tree;
  }

  /** Waits for the files before the landmark in the layer that is being made, and notes them. */
  private void await(Set<String> seen) throws IOException {
    for (int i = 0; i < 6000 && !seen.contains(SeekableBlobs.LANDMARK + " 1"); i++) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      seen.addAll(files());
    }
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(temp.resolve("s/layers"))) {
      return all.filter(Files::isRegularFile)
          .map(file -> {
            String path = file.toString();
            int tree = path.indexOf("/diff/");
            return tree < 0 ? "" : path.substring(tree + 6) + " " + file.toFile().length();
          })
          .collect(Collectors.toSet());
    }
  }

  private interface Wait {
    void untilSeen() throws IOException;
  }

  /** Gives so many bytes, and the others after a wait. */
  private static final class Withheld extends FilterInputStream {
    private final Wait wait;
    private int left;

    Withheld(InputStream in, int bytes, Wait wait) {
      super(in);
      this.left = bytes;
      this.wait = wait;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (left == 0) {
        wait.untilSeen();
        left = Integer.MAX_VALUE;
      }
      int count = super.read(target, from, Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }
  }
}
