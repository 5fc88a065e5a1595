package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownKeysTest {
  private static Set<String> classed() {
    return Stream.of(KnownKeys.LIVE, KnownKeys.RESTART)
        .flatMap(Set::stream)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyKeyThatIsReadIsLiveOrNeedsARestart() {
    ConfigTexts texts = new ConfigTexts();
    Set<String> read =
        texts.read().settings().keySet().stream()
            .map(KnownKeys::general)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(classed()).isEqualTo(read);
    assertThat(KnownKeys.LIVE).doesNotContainAnyElementsOf(KnownKeys.RESTART);
  }

  /** Read as text: a key of the file that nobody reads is told by {@link ConfigFileTest}. */
  @Test
  void theShippedFileShowsEveryKey() throws Exception {
    Pattern line = Pattern.compile("(?:\\[([a-z_.]+)\\]|([a-z_]+) = .*)");
    Set<String> shown = new TreeSet<>();
    String table = "";
    for (String text : Files.readAllLines(Path.of("packaging/config.toml"))) {
      Matcher parts = line.matcher(text);
      if (parts.matches() && parts.group(1) != null) {
        table = parts.group(1) + ".";
      } else if (parts.matches()) {
        shown.add(KnownKeys.general(table + parts.group(2)));
      }
    }
    assertThat(shown).isEqualTo(classed());
  }

  @ParameterizedTest
  @CsvSource({
    "'', rot, root",
    "'', image, images",
    "'', pinned, images.pinned",
    "'', pined, images.pinned",
    "'', binary, handlers.NAME.binary",
    "images., pined, images.pinned",
    "images., parralel_layers, images.parallel_layers",
    "images., sginature_policy, images.signature_policy",
    "nri., port, streaming.port",
    "handlers.runc., optons, handlers.runc.options",
    "handlers.runc., pinned, images.pinned"
  })
  void theNearestKeyIsNamed(String table, String key, String meant) {
    assertThat(KnownKeys.nearest(table, key, siblings(table))).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"'', a", "'', b", "images., color", "'', registries", "handlers.runc., path"})
  void whatIsNearToNothingIsNoGuess(String table, String key) {
    assertThat(KnownKeys.nearest(table, key, siblings(table))).isEmpty();
  }

  private static List<String> siblings(String table) {
    String general = KnownKeys.general(table + "x").replaceFirst("x$", "");
    List<String> names = new ArrayList<>();
    for (String key : classed()) {
      if (key.startsWith(general)) {
        names.add(key.substring(general.length()).split("\\.", -1)[0]);
      }
    }
    return names;
  }
}
