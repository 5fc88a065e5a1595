package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.admin.ConfigMessages;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigShowCommandTest {
  @Test
  void keysWithoutATableComeFirst() {
    List<String> lines =
        ConfigShowCommand.lines(
            List.of(
                new ConfigMessages.Row("root", "/a \"b\"\\", "default"),
                new ConfigMessages.Row(
                    "handlers.\"x.y\".options", List.of("-a", "b\u0001"), "/c.toml:3"),
                new ConfigMessages.Row("refuse_known_escapes", true, "/c.toml:1"),
                new ConfigMessages.Row("streaming.port", 10010L, "--port")));
    assertThat(lines)
        .containsExactly(
            "root = \"/a \\\"b\\\"\\\\\" # default",
            "refuse_known_escapes = true # /c.toml:1",
            "",
            "[handlers.\"x.y\"]",
            "options = [\"-a\", \"b\\u0001\"] # /c.toml:3",
            "",
            "[streaming]",
            "port = 10010 # --port");
    DaemonConfig read = ConfigFile.parse(String.join("\n", lines), "f");
    assertThat(read.root()).hasToString("/a \"b\"\\");
    assertThat(read.handlers())
        .hasEntrySatisfying(
            "x.y", handler -> assertThat(handler.options()).containsExactly("-a", "b\u0001"));
  }
}
