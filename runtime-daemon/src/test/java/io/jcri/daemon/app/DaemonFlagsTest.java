package io.jcri.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonFlagsTest {
  @TempDir private Path directory;

  private DaemonConfig with(String file, String... flags) throws IOException {
    Path config = Files.writeString(directory.resolve("c.toml"), file);
    List<String> all = new ArrayList<>(List.of("--config=" + config));
    all.addAll(List.of(flags));
    return DaemonFlags.parse(all).load().config();
  }

  @Test
  void flagsBeatTheFile() throws IOException {
    DaemonConfig config =
        with("root = \"/a\"\nlog_level = \"warn\"\n", "--root", "/b", "--log-level=debug");
    assertThat(config.root()).isEqualTo(Path.of("/b"));
    assertThat(config.logLevel()).isEqualTo("debug");
  }

  @Test
  void aStateDirectoryThatWasMovedTakesTheSocketWithIt() throws IOException {
    String file = "state = \"/s\"\nsocket = \"/run/s.sock\"\n";
    assertThat(with(file).socket()).isEqualTo(Path.of("/run/s.sock"));
    assertThat(with(file, "--state", "/t").socket()).isEqualTo(Path.of("/t/jcri.sock"));
    assertThat(with(file, "--state", "/t", "--listen", "unix:///l").socket())
        .isEqualTo(Path.of("/l"));
    assertThat(with(file, "--listen", "/l", "--state", "/t").socket()).isEqualTo(Path.of("/l"));
  }

  @Test
  void whatIsWrongIsTold() {
    assertThatThrownBy(() -> DaemonFlags.parse(List.of("--roof", "/")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown flag --roof; see jcri daemon --help");
    assertThatThrownBy(() -> DaemonFlags.parse(List.of("--root")))
        .hasMessage("--root needs a value; see jcri daemon --help");
    assertThatThrownBy(() -> with("", "--listen", "/" + "s".repeat(107)))
        .hasMessageStartingWith("--listen: socket /sss")
        .hasMessageContaining("the path of a socket may have 101");
  }

  @Test
  void withoutFlagsTheUsualFileCounts() {
    assertThat(DaemonFlags.parse(List.of()).file()).isEqualTo(ConfigSource.USUAL);
  }
}
