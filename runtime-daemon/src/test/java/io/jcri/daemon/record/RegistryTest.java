package io.jcri.daemon.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  record Thing(String id, int value) {}

  @TempDir Path directory;
  RecordStore<Thing> records;
  Registry<Thing> registry;

  @BeforeEach
  void open() throws Exception {
    records = new RecordStore<>(directory, Thing.class);
    registry = new Registry<>("thing", Thing::id, records);
  }

  @Test
  void changesReachMemoryAndDisk() throws Exception {
    registry.add(new Thing("abc", 1));
    assertThat(registry.update("abc", t -> new Thing(t.id(), t.value() + 1)))
        .contains(new Thing("abc", 2));
    assertThat(registry.get("abc")).contains(new Thing("abc", 2));
    assertThat(records.loadAll()).containsExactly(new Thing("abc", 2));
  }

  @Test
  void aRemovedOneStaysRemoved() throws Exception {
    registry.add(new Thing("abc", 1));
    registry.remove("abc");
    registry.remove("abc");
    assertThat(registry.update("abc", t -> t)).isEmpty();
    assertThat(records.loadAll()).isEmpty();
  }

  @Test
  void uniquePrefixesAreIds() {
    registry.add(new Thing("abc1", 1));
    registry.add(new Thing("abd2", 2));
    assertThat(registry.require("abc").value()).isEqualTo(1);
    assertThat(registry.require("abd2").value()).isEqualTo(2);
    assertThat(registry.find("x")).isEmpty();
  }

  @Test
  void ambiguousAndUnknownAndEmptyIdsAreRefused() {
    registry.add(new Thing("abc1", 1));
    registry.add(new Thing("abd2", 2));
    assertThatThrownBy(() -> registry.require("ab"))
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID))
        .hasMessage("thing id ab is ambiguous: it begins 2 ids");
    assertThatThrownBy(() -> registry.require("zz"))
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessage("thing zz not found");
    assertThatThrownBy(() -> registry.require("")).hasMessage("thing id must not be empty");
  }

  @Test
  void anIdThatIsAPrefixOfAnotherIsFound() {
    registry.add(new Thing("abc", 1));
    registry.add(new Thing("abcd", 2));
    assertThat(registry.require("abc").value()).isEqualTo(1);
  }
}
