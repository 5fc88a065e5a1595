package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What scripts go by: the exit status. */
class ConfigCheckCommandTest {
  /** Without an OCI runtime that would have to be asked. */
  private static final String GOOD =
      "[handlers.runc]\nbinary = \"/nowhere\"\n[handlers.crun]\nbinary = \"/nowhere\"\n";

  @TempDir private Path directory;

  private static int check(String... words) {
    return new CommandLine(new ConfigCheckCommand()).execute(words);
  }

  @Test
  void aGoodFileHasTheStatus0() throws IOException {
    Path file = Files.writeString(directory.resolve("c.toml"), GOOD);
    assertThat(check(file.toString())).isZero();
  }

  @Test
  void aWrongDropInOfAGoodFileHasTheStatus1() throws IOException {
    Path file = Files.writeString(directory.resolve("c.toml"), GOOD);
    Path dropIn = Files.createDirectory(directory.resolve("conf.d")).resolve("1.toml");
    Files.writeString(dropIn, "rot = \"/\"\n");
    assertThat(check(file.toString())).isEqualTo(1);
  }

  @Test
  void aWrongCommandLineHasTheStatus2() {
    assertThat(check("--colour")).isEqualTo(2);
  }

  @Test
  void aFileThatIsNotThereHasTheStatus3() {
    assertThat(check(directory.resolve("c.toml").toString())).isEqualTo(3);
  }
}
