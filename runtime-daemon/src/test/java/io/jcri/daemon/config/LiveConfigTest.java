package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveConfigTest {
  @TempDir private Path directory;
  private Path file = Path.of("/");

  @BeforeEach
  void name() throws IOException {
    file = directory.resolve("config.toml");
    say("");
  }

  private void say(String toml) throws IOException {
    Files.writeString(file, toml);
  }

  private LiveConfig live() {
    return new LiveConfig(ConfigSource.of(Optional.of(file)));
  }

  @Test
  void whatCanChangeChangesAndTheRestIsTold() throws IOException {
    LiveConfig live = live();
    say(
        """
        root = "/elsewhere"
        state = "/elsewhere"
        log_level = "debug"
        default_handler = "fast"
        [handlers.fast]
        binary = "/opt/fast"
        [handlers.runc]
        options = ["--debug"]
        [streaming]
        port = 10010
        idle_timeout_seconds = 60
        """);
    assertThat(live.reload())
        .isEqualTo(
            new Reloaded(
                List.of(
                    "log_level (\"info\" -> \"debug\")",
                    "default_handler (\"runc\" -> \"fast\")",
                    "handlers.runc.options ([] -> [\"--debug\"])",
                    "streaming.idle_timeout_seconds (14400 -> 60)",
                    "handlers.fast (added)"),
                List.of(
                    "root (\"/var/lib/jcri\" -> \"/elsewhere\")",
                    "state (\"/run/jcri\" -> \"/elsewhere\")",
                    "socket (\"/run/jcri/jcri.sock\" -> \"/elsewhere/jcri.sock\")",
                    "streaming.port (0 -> 10010)")));
    DaemonConfig now = live.get();
    assertThat(now.root()).isEqualTo(Path.of("/var/lib/jcri"));
    assertThat(now.socket()).isEqualTo(Path.of("/run/jcri/jcri.sock"));
    assertThat(now.streaming().port()).isZero();
    assertThat(now.streaming().idleTimeout()).hasSeconds(60);
    assertThat(now.handlers()).containsEntry("fast", new DaemonConfig.Handler("/opt/fast"));
    assertThat(live.current().settings())
        .containsEntry("root", new Setting("/var/lib/jcri", Origin.DEFAULT));
  }

  @Test
  void aHandlerThatIsTakenOutIsOneChange() throws IOException {
    say("[handlers.\"a.b\"]\nbinary = \"/opt/a\"\n");
    LiveConfig live = live();
    say("");
    assertThat(live.reload())
        .isEqualTo(new Reloaded(List.of("handlers.\"a.b\" (removed)"), List.of()));
    assertThat(live.get().handlers()).containsOnlyKeys("runc", "crun");
    assertThat(live.reload()).hasToString("nothing has changed");
  }

  @Test
  void aWrongOneChangesNothing() throws IOException {
    say("log_level = \"warn\"\n");
    LiveConfig live = live();
    DaemonConfig before = live.get();
    say("log_level = \"debug\"\nrot = 1\n");
    assertThatThrownBy(live::reload)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file + ":2: rot is not a key");
    assertThat(live.get()).isSameAs(before);
    Files.delete(file);
    assertThatThrownBy(live::reload).hasMessageContaining("no such file");
    assertThat(live.get()).isSameAs(before);
  }

  @Test
  void aFlagGoesOnBeatingTheFile() throws IOException {
    LiveConfig live =
        new LiveConfig(
            new ConfigSource(
                Optional.of(file),
                Map.of("log_level", new Setting("error", Origin.flag("--log-level")))));
    say("log_level = \"debug\"\n");
    assertThat(live.reload().applied()).isEmpty();
    assertThat(live.get().logLevel()).isEqualTo("error");
  }

  @Test
  void whatIsMadeOfAPartIsMadeAgainWhenThatIsAnother() throws IOException {
    LiveConfig live = live();
    List<List<String>> made = new ArrayList<>();
    Derived<List<String>, Integer> count =
        new Derived<>(
            () -> live.get().images().pinned(),
            pinned -> {
              made.add(pinned);
              return pinned.size();
            });
    assertThat(count.get()).isZero();
    say("log_level = \"debug\"\n");
    Reloaded _ = live.reload();
    assertThat(count.get()).isZero();
    assertThat(made).hasSize(1);
    say("images.pinned = [\"a\", \"b\"]\n");
    Reloaded _ = live.reload();
    assertThat(count.get()).isEqualTo(2);
    assertThat(made).containsExactly(List.of(), List.of("a", "b"));
  }
}
