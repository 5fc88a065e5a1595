package io.jcri.daemon.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
  private static final Pattern CARRIED = Pattern.compile(" -> (?:([a-z]+)\\.)?([a-z_]+) ([a-z]+)");

  /** With a value of no key's type the reader must complain of the type, not of the key. */
  @ParameterizedTest
  @ValueSource(strings = {"containerd.rules", "crio.rules"})
  void targetsAreKeysOfTheConfiguration(String name) throws IOException {
    String text;
    try (InputStream in = Objects.requireNonNull(Rules.class.getResourceAsStream(name))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Matcher carried = CARRIED.matcher(text);
    int found = 0;
    while (carried.find()) {
      found++;
      String table = carried.group(1) == null ? "" : "[" + carried.group(1) + "]\n";
      String line = table + carried.group(2) + " = [[1]]\n";
      assertThatThrownBy(() -> ConfigFile.parse(line, "rule"))
          .as(carried.group())
          .hasMessageContaining(carried.group(2) + " must be ")
          .hasMessageNotContaining("jcri knows");
    }
    assertThat(found).isGreaterThan(10);
  }
}
