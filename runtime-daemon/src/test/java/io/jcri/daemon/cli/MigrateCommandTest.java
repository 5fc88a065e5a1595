package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MigrateCommandTest {
  @TempDir private Path folder;

  private static DaemonConfig read(Path file) {
    return ConfigSource.of(Optional.of(file)).load().config();
  }

  @Test
  void statusTellsWhetherAllIsCarriedOver() throws IOException {
    assertThat(migrate(source("version = 2\n[debug]\nlevel = \"debug\"\n"), "a.toml")).isZero();
    assertThat(migrate(source("version = 2\noom_score = -5\n"), "b.toml")).isEqualTo(3);
    assertThat(migrate(source("version = [\n"), "c.toml")).isEqualTo(2);
    assertThat(folder.resolve("c.toml")).doesNotExist();
  }

  @Test
  void fileThatIsThereIsWrittenOverOnlyByForce() throws IOException {
    Path source = source("version = 2\n[debug]\nlevel = \"debug\"\n");
    Path there = Files.writeString(folder.resolve("there.toml"), "log_level = \"error\"\n");
    assertThat(migrate(source, "there.toml")).isEqualTo(1);
    assertThat(read(there).logLevel()).isEqualTo("error");
    assertThat(migrate(source, "there.toml", "--force", "--from", "containerd")).isZero();
    assertThat(read(there).logLevel()).isEqualTo("debug");
  }

  @Test
  void filesOfRegistriesAreWrittenBesideTheResultAndKept() throws IOException {
    String registry = "[plugins.\"io.containerd.grpc.v1.cri\".registry.";
    Path source =
        source(
            """
            version = 2
            %1$smirrors."docker.io"]
            endpoint = ["https://m.example"]
            %1$sconfigs."own.example".auth]
            username = "u"
            password = "p"
            """
                .formatted(registry));
    assertThat(migrate(source, "jcri/config.toml")).isZero();
    Path certs = folder.resolve("jcri/certs.d");
    assertThat(read(folder.resolve("jcri/config.toml")).images().registryDirectories())
        .first()
        .isEqualTo(certs);
    assertThat(mode(certs.resolve("docker.io/hosts.toml"))).isEqualTo("rw-r--r--");
    assertThat(mode(certs.resolve("own.example/hosts.toml"))).isEqualTo("rw-------");

    assertThat(migrate(source, "jcri/config.toml", "--force")).isZero();
    Path mine = Files.writeString(certs.resolve("docker.io/hosts.toml"), "# mine\n");
    assertThat(migrate(source, "jcri/config.toml", "--force")).isEqualTo(3);
    assertThat(mine).hasContent("# mine");
    assertThat(read(folder.resolve("jcri/config.toml")).images().registryDirectories())
        .contains(certs);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Path source(String text) throws IOException {
    return Files.writeString(folder.resolve("source.toml"), text);
  }

  private int migrate(Path source, String target, String... options) {
    String[] args = new String[options.length + 4];
    args[0] = "migrate";
    args[1] = source.toString();
    args[2] = "-o";
    args[3] = folder.resolve(target).toString();
    System.arraycopy(options, 0, args, 4, options.length);
    return new CommandLine(new ConfigCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }
}
