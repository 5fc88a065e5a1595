package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialBlobsTest {

  private static final byte[] CONTENT = "what the blob holds".getBytes(StandardCharsets.UTF_8);
  private static final Descriptor BLOB = Descriptor.of("x", CONTENT);

  @TempDir Path root;
  private PartialBlobs partials;
  private Path file;

  @BeforeEach
  void open() {
    partials = new PartialBlobs(root);
    file = root.resolve("sha256-" + BLOB.digest().hex());
  }

  private void write(int length) {
    try (PartialBlob partial = partials.open(BLOB).orElseThrow()) {
      partial.write(CONTENT, (int) partial.offset(), length);
    }
  }

  @Test
  void aDownloadThatBreaksOffGoesOnInTheNextRun() throws IOException {
    write(5);
    assertThat(partials.usage()).isEqualTo(new DiskUsage(4096, 1));

    try (PartialBlob next = new PartialBlobs(root).open(BLOB).orElseThrow();
        InputStream before = next.readBack()) {
      assertThat(next.offset()).isEqualTo(5);
      assertThat(before.readAllBytes()).asString().isEqualTo("what ");
      next.write(CONTENT, 5, CONTENT.length - 5);
    }
    assertThat(file).hasBinaryContent(CONTENT);
  }

  @Test
  void whatIsInItsPlaceIsPutAside() throws IOException {
    for (String content : List.of("first", "second")) {
      Path place = root.resolve("partial");
      Files.deleteIfExists(place);
      Files.writeString(place, content);
      try (PartialBlob partial = new PartialBlobs(place).open(BLOB).orElseThrow()) {
        partial.write(CONTENT, 0, 3);
      }
      assertThat(place.resolve(file.getFileName())).hasContent("wha");
      assertThat(root.resolve("partial.unusable")).hasContent(content);
      Files.delete(place.resolve(file.getFileName()));
    }
    Path dangling = Files.createSymbolicLink(root.resolve("link"), Path.of("/none/there"));
    assertThat(new PartialBlobs(dangling).open(BLOB)).isPresent();
    assertThat(dangling).isDirectory();
  }

  @Test
  void withoutAPlaceNothingIsKept() throws IOException {
    Path nowhere = Files.writeString(root.resolve("file"), "x").resolve("partial");
    PartialBlobs none = new PartialBlobs(nowhere);
    assertThat(none.open(BLOB)).isEmpty();
    assertThat(none.open(BLOB)).as("not as if it were under way").isEmpty();
    assertThat(none.usage()).isEqualTo(DiskUsage.NONE);
    none.deleteOlderThan(Instant.MAX);
  }

  @Test
  void moreThanTheBlobIsRefusedAndForgotten() throws IOException {
    try (PartialBlob partial = partials.open(BLOB).orElseThrow()) {
      partial.write(CONTENT, 0, 3);
      assertThatThrownBy(() -> partial.write(CONTENT, 0, CONTENT.length))
          .isInstanceOfSatisfying(
              OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS));
    }
    Files.write(file, new byte[CONTENT.length + 1]);
    try (PartialBlob partial = partials.open(BLOB).orElseThrow()) {
      assertThat(partial.offset()).isZero();
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void oneWriterPerBlob() {
    try (PartialBlob first = partials.open(BLOB).orElseThrow()) {
      assertThat(partials.open(BLOB)).isEmpty();
      first.discard();
      assertThat(partials.open(BLOB)).hasValueSatisfying(PartialBlob::discard);
    }
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void onlyOldOnesThatNobodyWritesToAreDeleted() throws IOException {
    write(5);
    Instant now = Instant.now();
    Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofHours(2))));
    partials.deleteOlderThan(now.minus(Duration.ofHours(3)));
    try (PartialBlob writing = partials.open(BLOB).orElseThrow()) {
      partials.deleteOlderThan(now);
      assertThat(writing.offset()).isEqualTo(5);
      assertThat(file).exists();
    }
    partials.deleteOlderThan(now);
    assertThat(file).doesNotExist();
  }

  @Test
  void strangeFilesAreLeftAlone() throws IOException {
    Path strange = Files.createFile(root.resolve("lost+found"));
    partials.deleteOlderThan(Instant.now().plusSeconds(60));
    assertThat(strange).exists();
    assertThat(partials.usage()).isEqualTo(DiskUsage.NONE);
  }
}
