package io.jcri.daemon.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.core.JcriException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
  record Thing(String id, Optional<Path> path, Map<String, String> labels, List<Integer> numbers) {}

  @TempDir Path directory;
  RecordStore<Thing> store;

  @BeforeEach
  void open() throws Exception {
    store = new RecordStore<>(directory, Thing.class);
  }

  private static Thing thing(String id) {
    return new Thing(id, Optional.of(Path.of("/x")), Map.of("a", "ü\n"), List.of(1, 2));
  }

  @Test
  void whatWasSavedIsLoaded() throws Exception {
    Thing empty = new Thing("b", Optional.empty(), Map.of(), List.of());
    store.save("a", thing("a"));
    store.save("b", empty);
    assertThat(store.loadAll()).containsExactlyInAnyOrder(thing("a"), empty);
  }

  @Test
  void savingReplaces() throws Exception {
    store.save("a", thing("old"));
    store.save("a", thing("new"));
    assertThat(store.loadAll()).containsExactly(thing("new"));
  }

  @Test
  void anObjectThatIsTooLargeIsRefusedBeforeItIsWritten() throws Exception {
    assertThatThrownBy(() -> store.saveBounded("a", large(Bound.RECORD.limit() + 1)))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("its record would have");
    assertThat(store.loadAll()).isEmpty();
  }

  @Test
  void allTogetherHaveRoomForSoMuchAndWhatLeavesMakesRoom() throws Exception {
    long bytes = Bound.RECORD.limit() - 1000;
    long fit = Bound.ALL_RECORDS.limit() / bytes;
    for (int i = 0; i < fit; i++) {
      store.saveBounded("x" + i, large(bytes));
    }
    RecordStore<Thing> next = new RecordStore<>(directory, Thing.class);
    assertThat(next.loadAll()).hasSize((int) fit);
    for (RecordStore<Thing> one : List.of(store, next)) {
      assertThatThrownBy(() -> one.saveBounded("more", large(bytes)))
          .isInstanceOf(JcriException.class)
          .hasMessageContaining("all records would have");
      one.saveBounded("small", thing("small"));
      one.save("x0", large(bytes + 100)); // what leads downwards is never refused
    }
    next.delete("x0");
    next.saveBounded("more", large(bytes));
  }

  private static Thing large(long bytes) {
    return new Thing("x".repeat((int) bytes), Optional.empty(), Map.of(), List.of());
  }

  @Test
  void deletingIsIdempotent() throws Exception {
    store.save("a", thing("a"));
    store.delete("a");
    store.delete("a");
    assertThat(store.loadAll()).isEmpty();
  }

  @Test
  void aRecordThatCannotBeReadStaysAndIsNamedAndHurtsNoOther() throws Exception {
    store.save("good", thing("good"));
    store.save("torn", thing("torn"));
    store.save("flipped", thing("flipped"));
    Files.writeString(directory.resolve("empty.json"), "");
    Files.writeString(directory.resolve("future.json"), "{\"version\":9,\"sum\":\"0\"}\n{}");
    Files.createDirectory(directory.resolve("unreadable.json"));
    byte[] torn = Files.readAllBytes(directory.resolve("torn.json"));
    Files.write(directory.resolve("torn.json"), Arrays.copyOf(torn, torn.length - 5));
    byte[] flipped = Files.readAllBytes(directory.resolve("flipped.json"));
    flipped[flipped.length - 10] ^= 1;
    Files.write(directory.resolve("flipped.json"), flipped);

    assertThat(store.loadAll()).containsExactly(thing("good"));
    assertThat(store.unreadable())
        .containsOnlyKeys("torn", "flipped", "empty", "future", "unreadable")
        .hasEntrySatisfying("flipped", why -> assertThat(why).contains("checksum"))
        .hasEntrySatisfying("future", why -> assertThat(why).contains("later version of jcri"))
        .hasEntrySatisfying("unreadable", why -> assertThat(why).contains("can't be read"));
    assertThat(directory.resolve("flipped.json")).hasBinaryContent(flipped);
    store.unreadable().keySet().forEach(store::delete);
    assertThat(directory).isDirectoryNotContaining("glob:**{torn,flipped,empty,future,unread}*");
  }

  @Test
  void keysOfALaterVersionAreWrittenAgain() throws Exception {
    record Later(
        String id,
        Optional<Path> path,
        Map<String, String> labels,
        List<Integer> numbers,
        String later,
        List<String> more) {}
    RecordStore<Later> other = new RecordStore<>(directory, Later.class);
    Later later =
        new Later("a", Optional.empty(), Map.of("l", "1"), List.of(3), "kept", List.of("x"));
    other.save("a", later);
    assertThat(store.loadAll())
        .containsExactly(new Thing("a", Optional.empty(), Map.of("l", "1"), List.of(3)));
    store.save("a", new Thing("a", Optional.empty(), Map.of(), List.of(4)));
    assertThat(other.loadAll())
        .containsExactly(
            new Later("a", Optional.empty(), Map.of(), List.of(4), "kept", List.of("x")));
    store.delete("a");
    store.save("a", thing("a"));
    assertThat(other.loadAll()).isEmpty();
  }

  @Test
  void recordsThatCannotBeListedKeepNobodyFromStarting() throws Exception {
    Files.delete(directory);
    Files.writeString(directory, "no directory");
    assertThat(store.loadAll()).isEmpty();
    assertThat(store.unlisted()).isPresent();
    Files.delete(directory);
  }

  @Test
  void whatACrashLeftHalfWrittenIsDropped() throws Exception {
    Files.writeString(directory.resolve("a.tmp"), "half");
    assertThat(store.loadAll()).isEmpty();
    assertThat(directory.resolve("a.tmp")).doesNotExist();
  }
}
