package io.jcri.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TarWriterTest {

  private static TarEntry entry(
      TarEntry.Type type, String name, String link, long id, long seconds, int nanos) {
    return new TarEntry(type, name, link, 0640, id, id, 0, seconds, nanos, 0, 0, Map.of(), false);
  }

  @Test
  void whatDoesNotFitIntoAHeaderComesBackToo() throws IOException {
    List<TarEntry> entries =
        List.of(
            entry(TarEntry.Type.DIRECTORY, "d/", "", 0, 0, 0),
            entry(TarEntry.Type.FILE, "n".repeat(100), "", 2097151, 5, 0),
            entry(TarEntry.Type.FILE, "n".repeat(101), "", 2097152, 5, 1),
            entry(TarEntry.Type.SYMLINK, "ünïcode", "t".repeat(300), 4294967294L, 1L << 34, 0),
            entry(TarEntry.Type.HARD_LINK, "h", "d/x", 1, -1, 0),
            entry(TarEntry.Type.FIFO, "p", "", 1, -1, 500_000_000),
            entry(TarEntry.Type.FILE, "byte-\udce9", "", 1, -7, 999_999_999));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      for (TarEntry entry : entries) {
        tar.begin(entry);
      }
      tar.finish();
    }
    TarReader reader = reader(out);
    for (TarEntry entry : entries) {
      assertThat(reader.next()).isEqualTo(entry);
    }
    assertThat(reader.next()).isNull();
  }

  @Test
  void attributesAndDataOfAnyLengthComeBack() throws IOException {
    for (int size : new int[] {0, 1, 85, 86, 87, 88, 89, 511, 512, 513, 984, 985, 986, 9972}) {
      byte[] value = new byte[size];
      java.util.Arrays.fill(value, (byte) (size | 1));
      TarEntry entry =
          new TarEntry(
              TarEntry.Type.FILE,
              "f",
              "",
              0600,
              0,
              0,
              size,
              0,
              0,
              0,
              0,
              Map.of("user.x", value),
              false);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarWriter tar = new TarWriter(out)) {
        tar.begin(entry);
        tar.write(value, 0, size);
        tar.finish();
      }
      assertThat(out.size() % 512).isZero();
      TarReader reader = reader(out);
      TarEntry back = java.util.Objects.requireNonNull(reader.next());
      assertThat(back.xattrs().get("user.x")).isEqualTo(value);
      ByteBuffer data = ByteBuffer.allocate(size);
      for (ByteBuffer piece = reader.data(); piece != null; piece = reader.data()) {
        data.put(piece);
      }
      assertThat(data.array()).isEqualTo(value);
    }
  }

  @Test
  void moreOrLessDataThanToldIsAMistakeOfTheCaller() throws IOException {
    TarEntry entry =
        new TarEntry(TarEntry.Type.FILE, "f", "", 0, 0, 0, 3, 0, 0, 0, 0, Map.of(), false);
    try (TarWriter tar = new TarWriter(new ByteArrayOutputStream())) {
      tar.begin(entry);
      assertThatThrownBy(() -> tar.write(new byte[4], 0, 4))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> tar.begin(entry)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static TarReader reader(ByteArrayOutputStream archive) {
    Iterator<ByteBuffer> once = List.of(ByteBuffer.wrap(archive.toByteArray())).iterator();
    return new TarReader(() -> once.hasNext() ? once.next() : null);
  }
}
