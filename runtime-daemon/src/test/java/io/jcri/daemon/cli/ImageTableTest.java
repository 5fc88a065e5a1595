package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.admin.ImageMessages.Removed;
import io.jcri.daemon.admin.ImageMessages.Row;
import io.jcri.daemon.system.Sizes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands about images print for people. */
class ImageTableTest {
  private static final String ID = "sha256:" + "0123456789abcdef".repeat(4);
  private static final Instant CREATED = Instant.parse("2026-11-29T08:00:00.123Z");

  @Test
  void eachTagHasALineAndAnImageWithoutOneHasOneToo() {
    Row tagged =
        new Row(ID, List.of("b.test/x:1", "a.test/x:1"), List.of(), 5, 2, 3, true, 2, CREATED);
    Row bare = new Row(ID, List.of(), List.of("c.test/y@sha256:12"), 1500, 0, 0, false, 0, CREATED);
    Row nameless = new Row(ID, List.of(), List.of(), 5, 2, 3, false, 0, CREATED);
    assertThat(ImageTable.lines(List.of(tagged, bare, nameless), false))
        .containsExactly(
            "NAME             ID            SIZE     UNIQUE  SHARED  PINNED  IN USE  CREATED",
            "<none>           0123456789ab  5 B      2 B     3 B     no      0       2026-11-29T08:00:00Z",
            "a.test/x:1       0123456789ab  5 B      2 B     3 B     yes     2       2026-11-29T08:00:00Z",
            "b.test/x:1       0123456789ab  5 B      2 B     3 B     yes     2       2026-11-29T08:00:00Z",
            "c.test/y:<none>  0123456789ab  1.50 kB  0 B     0 B     no      0       2026-11-29T08:00:00Z");
    assertThat(ImageTable.lines(List.of(bare), true).getLast()).contains(ID);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.00 kB",
    "9994, 9.99 kB",
    "9996, 10.0 kB",
    "999499, 999 kB",
    "999501, 1.00 MB",
    "1580000000, 1.58 GB",
    "9223372036854775807, 9.22 EB"
  })
  void sizesHaveThreeDigits(long bytes, String text) {
    assertThat(Sizes.of(bytes)).isEqualTo(text);
  }

  @Test
  void whatWasRemovedIsTold() {
    Removed whole = new Removed(List.of("a:1", "a@sha256:1"), Optional.of("sha256:2"), 12_000);
    Removed nameless = new Removed(List.of(), Optional.of("sha256:2"), 0);
    Removed tag = new Removed(List.of("a:1"), Optional.empty(), 0);
    assertThat(RmiCommand.line(whole)).isEqualTo("removed sha256:2 a:1 a@sha256:1, freed 12.0 kB");
    assertThat(RmiCommand.line(nameless)).isEqualTo("removed sha256:2, freed 0 B");
    assertThat(RmiCommand.line(tag)).isEqualTo("untagged a:1");
    assertThat(PruneCommand.line(nameless, true)).isEqualTo("would remove sha256:2, 0 B");
    assertThat(PruneCommand.summary(List.of(whole, nameless), false))
        .isEqualTo("removed 2 images, freed 12.0 kB");
    assertThat(PruneCommand.summary(List.of(whole), true))
        .isEqualTo("would remove 1 image, freeing at least 12.0 kB");
  }
}
