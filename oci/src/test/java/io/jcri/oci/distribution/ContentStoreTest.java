package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {

  private static final byte[] CONTENT = "some content".getBytes(StandardCharsets.UTF_8);
  private static final Descriptor DESCRIPTOR = Descriptor.of("x", CONTENT);

  @TempDir Path root;
  private ContentStore store;

  @BeforeEach
  void open() {
    store = new ContentStore(root);
  }

  private static void assertKind(OciException.Kind kind, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void whatIsPutIsThere() {
    Digest digest = store.put(CONTENT);

    assertThat(store.put(CONTENT)).isEqualTo(digest);
    assertThat(store.contains(digest)).isTrue();
    assertThat(store.read(digest, 100)).isEqualTo(CONTENT);
    assertThat(store.size(digest)).contains((long) CONTENT.length);
    assertThat(store.list()).containsExactly(digest);
    assertThat(store.partials()).isEmpty();
    store.delete(digest);
    store.delete(digest);
    assertThat(store.list()).isEmpty();
    assertThat(store.size(digest)).isEmpty();
    assertKind(OciException.Kind.NOT_FOUND, () -> store.read(digest, 100));
  }

  @Test
  void aDownloadThatBreaksOffGoesOnInTheNextRun() throws IOException {
    try (Ingest ingest = store.ingest(DESCRIPTOR)) {
      ingest.write(CONTENT, 0, 5);
    }
    assertThat(store.contains(DESCRIPTOR.digest())).isFalse();

    ContentStore afterwards = new ContentStore(root);
    assertThat(afterwards.partials()).containsExactly(DESCRIPTOR.digest());
    try (Ingest ingest = afterwards.ingest(DESCRIPTOR)) {
      assertThat(ingest.offset()).isEqualTo(5);
      ingest.writeAll(new ByteArrayInputStream(CONTENT, 5, CONTENT.length - 5));
      ingest.commit();
    }
    assertThat(afterwards.read(DESCRIPTOR.digest(), 100)).isEqualTo(CONTENT);
  }

  @Test
  void wrongBytesAreNeverABlobAndDoNotStay() {
    try (Ingest ingest = store.ingest(DESCRIPTOR)) {
      ingest.write(new byte[CONTENT.length], 0, CONTENT.length);
      assertKind(OciException.Kind.DATA_LOSS, ingest::commit);
    }
    assertThat(store.list()).isEmpty();
    assertThat(store.partials()).isEmpty();
  }

  @Test
  void tooFewAndTooManyBytesAreRefused() {
    try (Ingest ingest = store.ingest(DESCRIPTOR)) {
      ingest.write(CONTENT, 0, 3);
      assertKind(OciException.Kind.DATA_LOSS, ingest::commit);
      assertKind(OciException.Kind.DATA_LOSS, () -> ingest.write(new byte[10], 0, 10));
    }
    assertThat(store.list()).isEmpty();
  }

  @Test
  void oneWriterPerBlob() {
    try (Ingest first = store.ingest(DESCRIPTOR)) {
      assertKind(OciException.Kind.FAILED_PRECONDITION, () -> store.ingest(DESCRIPTOR));
      store.delete(DESCRIPTOR.digest());
      first.write(CONTENT, 0, CONTENT.length);
      first.commit();
    }
    store.ingest(DESCRIPTOR).close();
  }

  @Test
  void rotOnDiskIsNoticed() throws IOException {
    Digest digest = store.put(CONTENT);
    Files.write(store.path(digest), new byte[CONTENT.length]);

    assertKind(OciException.Kind.DATA_LOSS, () -> store.read(digest, 100));
    assertKind(OciException.Kind.INVALID, () -> store.read(digest, 3));
  }

  @Test
  void strangeFilesAreLeftAlone() throws IOException {
    Path strange = Files.createFile(root.resolve("blobs/sha256/strange"));
    Path other = Files.createFile(root.resolve("ingest/lost+found"));

    assertThat(store.list()).isEmpty();
    assertThat(store.partials()).isEmpty();
    assertThat(strange).exists();
    assertThat(other).exists();
  }
}
