package io.jcri.daemon.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tar(1) finds in an archive, and archives of files that are not as they should be. */
class ImageArchiveTest {
  private static final byte[] MANIFEST = bytes("the manifest");
  private static final Descriptor TOP = Descriptor.of(MediaTypes.OCI_MANIFEST, MANIFEST);

  @TempDir Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static StoredFile file(byte[] content) {
    return new StoredFile(
        Digest.of(content), content.length, () -> new ByteArrayInputStream(content));
  }

  private static ForeignImage image(StoredFile... layers) {
    return new ForeignImage(
        Digest.of(bytes("id")),
        List.of(TOP),
        List.of(
            ImageReference.parse("a:1"),
            ImageReference.parse("b.test/c@" + Digest.of(bytes("other")))),
        false,
        List.of(file(MANIFEST)),
        List.of(),
        List.of(layers),
        List.of("a:1"));
  }

  private Map<String, Object> unpacked(byte[] archive) throws Exception {
    Files.write(folder.resolve("archive"), archive);
    Process tar =
        new ProcessBuilder("tar", "-xf", "archive").directory(folder.toFile()).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    return new HashMap<>(Json.parseTree(Files.readAllBytes(folder.resolve("index.json"))));
  }

  @Test
  void itIsALayoutWithEveryNameAndEachFileOnce() throws Exception {
    byte[] large = new byte[100_000];
    StoredFile low = file(large);
    StoredFile left = file(bytes("left out"));
    try (ImageArchive archive = new ImageArchive(image(low, left, low), i -> i != 1)) {
      assertThat(archive.size()).isEqualTo(MANIFEST.length + large.length);
      Map<String, Object> index = unpacked(archive.readAllBytes());
      assertThat(archive.position()).isEqualTo(archive.size());
      assertThat(archive.failure()).isEmpty();
      assertThat(String.valueOf(index.get("manifests")))
          .contains("docker.io/library/a:1", "b.test/c@sha256:", TOP.digest().toString());
    }
    Path blobs = folder.resolve("blobs/sha256");
    assertThat(blobs.resolve(low.digest().hex())).hasBinaryContent(large);
    assertThat(blobs.resolve(TOP.digest().hex())).hasBinaryContent(MANIFEST);
    assertThat(blobs.resolve(left.digest().hex())).doesNotExist();
  }

  @Test
  void smallReadsGiveTheSame() throws IOException {
    StoredFile layer = file(bytes("layer"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] whole;
    try (ImageArchive archive = new ImageArchive(image(layer), _ -> true)) {
      whole = archive.readAllBytes();
    }
    try (ImageArchive archive = new ImageArchive(image(layer), _ -> true)) {
      for (int next = archive.read(); next >= 0; next = archive.read()) {
        bytes.write(next);
      }
    }
    assertThat(bytes.toByteArray()).isEqualTo(whole).hasSizeGreaterThan(5 * 512);
  }

  @Test
  void aFileThatIsShorterIsTold() throws IOException {
    StoredFile layer =
        new StoredFile(TOP.digest(), 10, () -> new ByteArrayInputStream(new byte[7]));
    ForeignImage image =
        new ForeignImage(
            TOP.digest(),
            List.of(),
            List.of(),
            false,
            List.of(),
            List.of(),
            List.of(layer),
            List.of());
    try (ImageArchive archive = new ImageArchive(image, _ -> true)) {
      assertThatThrownBy(archive::readAllBytes)
          .hasMessage(TOP.digest() + " ends 3 bytes too early");
      assertThat(archive.failure()).isPresent();
    }
  }

  @Test
  void whatIsClosedEndsAndClosesItsFile() throws IOException {
    boolean[] closed = new boolean[1];
    StoredFile layer =
        new StoredFile(
            Digest.of(bytes("zeros")),
            1 << 20,
            () ->
                new ByteArrayInputStream(new byte[1 << 20]) {
                  @Override
                  public void close() {
                    closed[0] = true;
                  }
                });
    ImageArchive archive = new ImageArchive(image(layer), _ -> true);
    try (InputStream in = archive) {
      in.skipNBytes(100_000);
      assertThat(closed[0]).isFalse();
    }
    assertThat(closed[0]).isTrue();
    assertThat(archive.read(new byte[10], 0, 10)).isNegative();
  }

  @Test
  void anotherImagesTagBecomesADigest() {
    ForeignImage image = image();
    assertThat(image.tags()).containsExactly("docker.io/library/a:1");
    ForeignImage without = image.without(image.tags());
    assertThat(without.tags()).isEmpty();
    assertThat(without.digests()).isEqualTo(image.digests());
    assertThat(image.digests())
        .containsExactly("docker.io/library/a@" + TOP.digest(), "b.test/c@" + TOP.digest());
  }
}
