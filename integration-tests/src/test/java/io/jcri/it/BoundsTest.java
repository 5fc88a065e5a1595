package io.jcri.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.budget.Bound;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md's table of what strangers may grow is the list that the daemon has. */
class BoundsTest {
  private static final String HEAD =
      "| bound | who can make it grow | how far | what happens then |";

  @Test
  void theTableHasEveryBoundAsItIs() throws IOException {
    List<String> rows =
        Files.readAllLines(Workspace.root().resolve("ARCHITECTURE.md")).stream()
            .dropWhile(line -> !line.equals(HEAD))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(Stream.of(Bound.values()).map(BoundsTest::row).toList());
  }

  private static String row(Bound bound) {
    return "| %s | %s | %s | %s |"
        .formatted(
            bound.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            bound.who(),
            amount(bound.limit()),
            bound.answer());
  }

  private static String amount(long limit) {
    if (limit >= 1 << 20 && limit % (1 << 20) == 0) {
      return (limit >> 20) + " Mi";
    }
    return limit >= 1 << 16 && limit % (1 << 10) == 0
        ? (limit >> 10) + " Ki"
        : "%,d".formatted(limit);
  }
}
