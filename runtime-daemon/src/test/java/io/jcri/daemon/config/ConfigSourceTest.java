package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourceTest {
  @TempDir private Path directory;
  private Path file = Path.of("/");
  private Path dropIns = Path.of("/");

  @BeforeEach
  void name() throws IOException {
    file = directory.resolve("config.toml");
    dropIns = Files.createDirectory(directory.resolve("conf.d"));
    Files.writeString(file, "");
  }

  private LoadedConfig load() {
    return ConfigSource.of(Optional.of(file)).load();
  }

  private List<String> problems() {
    try {
      LoadedConfig loaded = load();
      throw new AssertionError("it is good: " + loaded);
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  @Test
  void aLaterFileBeatsAnEarlierOneKeyByKey() throws IOException {
    Files.writeString(
        file,
        """
        log_level = "warn"
        [images]
        pinned = ["a", "b"]
        parallel_layers = 5
        [handlers.fast]
        binary = "/opt/fast"
        options = ["--one"]
        """);
    Path first = dropIns.resolve("10-a.toml");
    Path second = dropIns.resolve("9-b.toml");
    Files.writeString(first, "log_level = \"debug\"\n[images]\npinned = [\"c\"]\n");
    Files.writeString(
        second, "log_level = \"error\"\n[handlers.fast]\noptions = []\n[handlers.\"a.b\"]\n");
    LoadedConfig loaded = load();
    assertThat(loaded.files()).containsExactly(file, first, second);
    DaemonConfig config = loaded.config();
    assertThat(config.logLevel()).isEqualTo("error");
    assertThat(config.images().pinned()).containsExactly("c");
    assertThat(config.images().parallelLayers()).isEqualTo(5);
    assertThat(config.handlers()).containsOnlyKeys("fast", "a.b", "runc", "crun");
    assertThat(config.handlers().get("fast")).isEqualTo(new DaemonConfig.Handler("/opt/fast"));
    assertThat(loaded.settings())
        .containsEntry("log_level", new Setting("error", new Origin(second.toString(), 1)))
        .containsEntry("images.pinned", new Setting(List.of("c"), new Origin(first.toString(), 3)))
        .containsEntry("images.parallel_layers", new Setting(5L, new Origin(file.toString(), 4)))
        .containsEntry("handlers.\"a.b\".binary", new Setting("a.b", Origin.DEFAULT))
        .containsEntry("streaming.port", new Setting(0L, Origin.DEFAULT));
  }

  @Test
  void whatIsNoDropInIsLeftAlone() throws IOException {
    for (String name : List.of(".10-a.toml", "10-a.toml.bak", "toml", "README")) {
      Files.writeString(dropIns.resolve(name), "not toml");
    }
    Files.createDirectory(dropIns.resolve("directory.toml"));
    Path link = Files.createSymbolicLink(dropIns.resolve("link.toml"), file);
    assertThat(load().files()).containsExactly(file, link);
  }

  @Test
  void withoutTheDirectoryOnlyTheFileCounts() throws IOException {
    Files.delete(dropIns);
    assertThat(load().files()).containsExactly(file);
  }

  @Test
  void allProblemsOfAllFilesAreTold() throws IOException {
    Files.writeString(file, "rot = \"/x\"\nlog_level = \"loud\"\nimages = 3\n");
    Path first = dropIns.resolve("1.toml");
    Path second = dropIns.resolve("2.toml");
    Path third = dropIns.resolve("3.toml");
    Path gone = dropIns.resolve("4.toml");
    Path binary = dropIns.resolve("5.toml");
    Files.writeString(first, "\n[images]\npined = []\n");
    Files.writeString(second, "root = \n");
    Files.writeString(third, "\n\npinned = []\n[nri]\nport = 1\n");
    Files.createSymbolicLink(gone, directory.resolve("nowhere"));
    Files.write(binary, new byte[] {(byte) 0xff});
    assertThat(problems())
        .satisfiesExactlyInAnyOrder(
            p ->
                assertThat(p)
                    .isEqualTo(file + ":1: rot is not a key that jcri knows, did you mean root?"),
            p -> assertThat(p).startsWith(file + ":2: log_level is \"loud\""),
            p ->
                assertThat(p)
                    .isEqualTo(first + ":2: images is a table and in " + file + ":3 a value"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        first
                            + ":3: images.pined is not a key that jcri knows,"
                            + " did you mean images.pinned?"),
            p -> assertThat(p).startsWith(second + ":1: "),
            p ->
                assertThat(p)
                    .isEqualTo(
                        third
                            + ":3: pinned is not a key that jcri knows, did you mean"
                            + " images.pinned?"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        third
                            + ":5: nri.port is not a key that jcri knows, did you mean"
                            + " streaming.port?"),
            p -> assertThat(p).startsWith(gone + ": cannot be read: no such file"),
            p -> assertThat(p).isEqualTo(binary + ": is not text in UTF-8"));
  }

  /** The handler that is named may be declared by the file that is left out. */
  @Test
  void whatIsMissingOfAFileThatIsLeftOutIsNoProblem() throws IOException {
    Files.writeString(file, "default_handler = \"kata\"\n");
    Path broken = dropIns.resolve("1.toml");
    Files.writeString(broken, "[handlers.kata\n");
    assertThat(problems()).hasSize(1).first().asString().startsWith(broken + ":1: ");
  }

  @Test
  void aFlagBeatsAllFiles() throws IOException {
    Files.writeString(file, "root = \"/a\"\n[streaming]\nport = 1\n");
    LoadedConfig loaded =
        new ConfigSource(
                Optional.of(file), Map.of("root", new Setting("/flag", Origin.flag("--root"))))
            .load();
    assertThat(loaded.config().root()).isEqualTo(Path.of("/flag"));
    assertThat(loaded.settings())
        .containsEntry("root", new Setting("/flag", Origin.flag("--root")));
  }

  @Test
  void aWrongFlagIsNamed() {
    assertThatThrownBy(() ->
            new ConfigSource(
                    Optional.of(file),
                    Map.of("log_level", new Setting("loud", Origin.flag("--log-level"))))
                .load())
        .asInstanceOf(type(ConfigException.class))
        .extracting(ConfigException::problems)
        .asString()
        .contains("--log-level: log_level is \"loud\" but must be one of");
  }

  @Test
  void aFileThatWasNamedMustBeThere() throws IOException {
    Files.delete(file);
    assertThat(problems()).containsExactly(file + ": cannot be read: no such file or directory");
  }
}
