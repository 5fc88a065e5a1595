package io.jcri.oci.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.JsonRest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions, framings and damage of records. */
class RecordFormatTest {
  record Inner(String name) {}

  record First(String id, Optional<Inner> inner, List<String> list) {}

  /** Where {@code id} is called {@code key}. */
  record Second(String key, Optional<Inner> inner, List<String> list) {}

  private static final First VALUE = new First("ü", Optional.of(new Inner("n")), List.of("x"));
  private static final Second SAME = new Second("ü", Optional.of(new Inner("n")), List.of("x"));

  private static final RecordStep FRESH =
      RecordStep.fresh(tree -> renamed(tree, "id", "key"), tree -> renamed(tree, "key", "id"));
  private static final RecordStep SETTLED = RecordStep.settled(tree -> renamed(tree, "id", "key"));

  @TempDir Path directory;

  private static Map<String, Object> renamed(Map<String, Object> tree, String from, String to) {
    Map<String, Object> changed = new java.util.LinkedHashMap<>(tree);
    changed.put(to, changed.remove(from));
    return changed;
  }

  private static RecordFormat<First> first(RecordFraming framing) {
    return RecordFormat.of("thing", First.class, framing);
  }

  private static RecordFormat<Second> second(RecordFraming framing, RecordStep step) {
    return RecordFormat.of("thing", Second.class, framing).then(step);
  }

  private static <T extends Record> void assertReads(
      RecordFormat<T> format, byte[] content, T value) {
    assertThat(format.decode(content)).isEqualTo(new RecordReading.Read<>(value, JsonRest.NONE));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsRead(RecordFraming framing) {
    byte[] content = first(framing).encode(VALUE, JsonRest.NONE);
    assertReads(first(framing), content, VALUE);
    assertThat(new String(content, StandardCharsets.UTF_8)).startsWith("{\"version\":1,");
  }

  @ParameterizedTest
  @EnumSource
  void everyFlippedBitOfTheRecordIsFound(RecordFraming framing) {
    byte[] content = first(framing).encode(VALUE, JsonRest.NONE);
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int from = text.indexOf("\"id\"");
    int to = text.indexOf("\"list\"");
    for (int i = from; i < to; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = content.clone();
        flipped[i] ^= (byte) (1 << bit);
        assertThat(first(framing).decode(flipped))
            .as("byte %d bit %d", i, bit)
            .isInstanceOf(RecordReading.Torn.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void noFlippedBitAnywhereChangesWhatIsRead(RecordFraming framing) {
    byte[] content = first(framing).encode(VALUE, JsonRest.NONE);
    for (int i = 0; i < 8 * content.length; i++) {
      byte[] flipped = content.clone();
      flipped[i / 8] ^= (byte) (1 << i % 8);
      if (first(framing).decode(flipped) instanceof RecordReading.Read<First> read) {
        assertThat(read.value()).as("bit %d", i).isEqualTo(VALUE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyShorterFileIsTorn(RecordFraming framing) {
    byte[] content = first(framing).encode(VALUE, JsonRest.NONE);
    for (int length = 0; length < content.length; length++) {
      assertThat(first(framing).decode(java.util.Arrays.copyOf(content, length)))
          .as("%d bytes", length)
          .isInstanceOf(RecordReading.Torn.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLaterVersionIsNotMisunderstood(RecordFraming framing) {
    byte[] later = second(framing, SETTLED).encode(SAME, JsonRest.NONE);
    assertThat(first(framing).decode(later)).isInstanceOf(RecordReading.FromNewer.class);
  }

  @ParameterizedTest
  @EnumSource
  void theVersionBeforeIsUpgraded(RecordFraming framing) {
    byte[] before = first(framing).encode(VALUE, JsonRest.NONE);
    assertReads(second(framing, SETTLED), before, SAME);
    assertReads(second(framing, FRESH), before, SAME);
  }

  @ParameterizedTest
  @EnumSource
  void aFreshVersionIsWrittenAsTheOneBeforeSoThatThatCanTakeOver(RecordFraming framing) {
    RecordFormat<Second> fresh = second(framing, FRESH);
    assertThat(fresh.written()).isEqualTo(1);
    assertReads(first(framing), fresh.encode(SAME, JsonRest.NONE), VALUE);
    RecordFormat<Second> settled = second(framing, SETTLED);
    assertThat(settled.written()).isEqualTo(2);
    assertReads(fresh, settled.encode(SAME, JsonRest.NONE), SAME);
  }

  @Test
  void whatIsNotKnownIsKeptWhereItWas() {
    String body =
        "{\"id\":\"a\",\"later\":{\"b\":[1,1.50]},\"inner\":{\"name\":\"n\",\"more\":true},"
            + "\"list\":[]}";
    byte[] content = RecordFraming.HEADER.close(1, body.getBytes(StandardCharsets.UTF_8));
    var format = first(RecordFraming.HEADER);
    RecordReading.Read<First> read = (RecordReading.Read<First>) format.decode(content);
    assertThat(text(format.encode(new First("b", read.value().inner(), List.of()), read.rest())))
        .endsWith(
            "{\"id\":\"b\",\"inner\":{\"name\":\"n\",\"more\":true},\"list\":[],"
                + "\"later\":{\"b\":[1,1.50]}}");
    assertThat(text(format.encode(new First("b", Optional.empty(), List.of()), read.rest())))
        .as("with what it was of")
        .endsWith("{\"id\":\"b\",\"list\":[],\"later\":{\"b\":[1,1.50]}}");
  }

  @Test
  void aRecordOfBeforeHasNoChecksumInIt() {
    byte[] old = "{\"version\":1,\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8);
    assertReads(first(RecordFraming.KEY), old, new First("a", Optional.empty(), List.of()));
  }

  @Test
  void aFileSaysWhatIsWrongWithIt() throws Exception {
    RecordFile<First> file =
        new RecordFile<>(directory.resolve("f.json"), first(RecordFraming.HEADER), 1000);
    assertThat(file.read()).isInstanceOf(RecordReading.Absent.class);
    Files.createDirectory(file.path());
    assertThat(file.read()).isInstanceOf(RecordReading.Unreadable.class);
    Files.delete(file.path());
    Files.writeString(file.path(), "x".repeat(1001));
    assertThat(file.read()).isInstanceOf(RecordReading.Torn.class);
    file.replace(file.format().encode(VALUE, JsonRest.NONE));
    assertThat(file.read()).isInstanceOf(RecordReading.Read.class);
    assertThat(directory).isDirectoryContaining(path -> path.equals(file.path()));
    assertThat(directory.toFile().list()).containsExactly("f.json");
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }
}
