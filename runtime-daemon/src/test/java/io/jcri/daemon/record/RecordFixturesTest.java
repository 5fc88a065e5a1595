package io.jcri.daemon.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records that daemons have written, for ever readable. Each folder below {@code records} is what a
 * version of jcri has left of pods and containers; those of a version never change.
 */
class RecordFixturesTest {
  private static final Path RECORDS = Path.of("src/test/resources/records");

  @TempDir Path directory;

  /** How the first version has read: its header exactly, and a mapping that skips unknown keys. */
  private static <T> T readAsTheFirst(Path file, Class<T> type) throws IOException {
    byte[] content = Files.readAllBytes(file);
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int start = text.indexOf('\n') + 1;
    byte[] body = Arrays.copyOfRange(content, start, content.length);
    CRC32C crc = new CRC32C();
    crc.update(body);
    assertThat(text.substring(0, start))
        .isEqualTo("{\"version\":1,\"crc32c\":\"%08x\"}\n".formatted(crc.getValue()));
    return Json.parse(body, type);
  }

  private static List<Path> files(String version, String kind) throws IOException {
    try (Stream<Path> list = Files.list(RECORDS.resolve(version).resolve(kind))) {
      return list.sorted().toList();
    }
  }

  private <T extends Record> void assertOutlivesVersions(
      String kind, Class<T> type, Function<T, String> idOf) throws IOException {
    for (Path fixture : files("1", kind)) {
      Files.copy(fixture, directory.resolve(fixture.getFileName()));
    }
    RecordStore<T> store = new RecordStore<>(directory, type);
    List<T> loaded = store.loadAll();
    assertThat(store.unreadable()).isEmpty();
    assertThat(loaded).hasSameSizeAs(files("1", kind)).isNotEmpty();
    for (T value : loaded) {
      store.save(idOf.apply(value), value);
    }
    for (Path fixture : files("1", kind)) {
      Path rewritten = directory.resolve(fixture.getFileName());
      assertThat(readAsTheFirst(rewritten, type))
          .as("%s after it was written again", fixture)
          .isEqualTo(readAsTheFirst(fixture, type));
    }
  }

  @Test
  void pods() throws IOException {
    assertOutlivesVersions("pods", Pod.class, Pod::id);
  }

  @Test
  void containers() throws IOException {
    assertOutlivesVersions("containers", Container.class, Container::id);
  }
}
