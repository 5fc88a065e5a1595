package io.jcri.daemon.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever a file has: a result that the daemon starts with, or the file and line that is wrong.
 */
class HostileSourcesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version = 2\\n[plugins\\nx = 1 | 2: ",
        "version = 2\\nimports = ['gone.toml'] | 2: cannot import \"gone.toml\": there is no such file",
        "version = 2\\n\\nimports = ['/dev/null/*/[.toml'] | 3: cannot import ",
        "version = 2\\nimports = ['a\\u0000b'] | 2: ",
        "x = 1\\nversion = 5 | 2: version = 5: known are 1 to 4",
        "version = 'two' | 1: version = \"two\": known are 1 to 4",
        "version = 2\\nversion = 2 | 2: ",
        "root = '/x' | : does not tell whose configuration it is: say --from",
        "version = 2\\n[crio] | : has keys of containerd and of CRI-O: say --from",
      })
  void whatIsWrongIsToldWithItsLine(String text, String told) throws IOException {
    Path file = file(text.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Samples.migrate(file))
        .isInstanceOf(MigrateException.class)
        .hasMessageStartingWith(file + (told.startsWith(":") ? "" : ":") + told.stripTrailing());
  }

  @Test
  void filesThatAreNoTextOrTooLargeAreRefused() throws IOException {
    assertThatThrownBy(() -> Samples.migrate(folder.resolve("none")))
        .hasMessageEndingWith("there is no such file");
    assertThatThrownBy(() -> Samples.migrate(Path.of("/dev/null")))
        .hasMessage("/dev/null: is no regular file");
    Path broken = file(new byte[] {'a', '=', (byte) 0xff});
    assertThatThrownBy(() -> Samples.migrate(broken)).hasMessageEndingWith("is no text in UTF-8");
    Path large = file(("#" + "x".repeat(SourceFile.MOST_BYTES)).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Samples.migrate(large)).hasMessageContaining("has more than");
  }

  @Test
  void nestingHasABound() throws IOException {
    Path arrays = file(("version = [" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Samples.migrate(arrays)).isInstanceOf(MigrateException.class);
    Path tables =
        file(("version = 2\n" + "a.".repeat(200) + "a = 1\n").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Samples.migrate(tables))
        .isInstanceOf(MigrateException.class)
        .hasMessageContaining(":2: ");
  }

  @Test
  void importsHaveABound() throws IOException {
    for (int i = 0; i < 80; i++) {
      Files.writeString(folder.resolve("%02d.toml".formatted(i)), "version = 2\n");
    }
    Path file = file("version = 2\nimports = ['*.toml']\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Samples.migrate(file)).hasMessageContaining("more than 64 files");
  }

  /** Lines of the result, its comments and the findings stay lines. */
  @Test
  void namesAndValuesBreakNoLine() throws IOException {
    String text =
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes."a\\n[images]\\npinned"]
        runtime_type = "io.containerd.runc.v2"
        "x\\ny" = "z\\n\\u0007\\u2028"
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes."a\\n[images]\\npinned".options]
        BinaryName = "/bin/\\"\\\\\\n\\u0001"
        """;
    Migration migration = Samples.migrate(file(text.getBytes(StandardCharsets.UTF_8)));
    String handler = "a\n[images]\npinned";
    assertThat(ConfigFile.parse(migration.text(), "result").handlers().get(handler))
        .extracting(one -> one.program())
        .isEqualTo("/bin/\"\\\n\1");
    assertThat(migration.findings()).hasSize(1);
    assertThat(migration.findings().getFirst().line().codePoints())
        .noneMatch(c -> Character.isISOControl(c) || c == 0x2028);
  }

  @Test
  void manyRuntimesHaveABound() throws IOException {
    StringBuilder text = new StringBuilder("version = 2\n");
    for (int i = 0; i < 400; i++) {
      text.append("[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.r%d]\n".formatted(i))
          .append("runtime_type = \"io.containerd.runc.v2\"\n");
    }
    Migration migration = Samples.migrate(file(text.toString().getBytes(StandardCharsets.UTF_8)));
    assertThat(ConfigFile.parse(migration.text(), "result").handlers()).hasSize(Handlers.MOST + 2);
    assertThat(migration.complete()).isFalse();
  }

  /** Samples with lines and values exchanged: nothing is thrown but what names the file. */
  @Test
  void mutatedSamplesAreReadOrRefused() throws IOException {
    Random random = new Random(20261130);
    List<String> values =
        List.of(
            "7",
            "-1",
            "true",
            "\"\"",
            "\"x\"",
            "[]",
            "[1]",
            "{}",
            "{a = 1}",
            "1.5",
            "[\"/a\"]",
            "2026-11-30",
            "\"\\u0000\"",
            "99999999999",
            "\"0s\"",
            "\"/etc/../x\"",
            "\"*\"");
    List<String> pool = new ArrayList<>();
    for (String name : Samples.names()) {
      pool.addAll(Files.readAllLines(Samples.FOLDER.resolve(name)));
    }
    int accepted = 0;
    for (int round = 0; round < 200; round++) {
      String name = Samples.names().get(random.nextInt(Samples.names().size()));
      List<String> lines = new ArrayList<>(Files.readAllLines(Samples.FOLDER.resolve(name)));
      lines.removeIf(line -> line.startsWith("imports"));
      for (int i = 0; i <= random.nextInt(6); i++) {
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        if (line.contains(" = ") && random.nextInt(4) > 0) {
          String value = values.get(random.nextInt(values.size()));
          lines.set(at, line.substring(0, line.indexOf(" = ") + 3) + value);
        } else {
          lines.set(at, pool.get(random.nextInt(pool.size())));
        }
      }
      lines.removeIf(line -> line.startsWith("imports"));
      Path file = file(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
      SourceKind kind = name.contains("crio") ? SourceKind.CRIO : SourceKind.CONTAINERD;
      try {
        Migration migration =
            Migration.of(file, Optional.of(kind), Optional.of(Samples.CERTS), _ -> false);
        ConfigFile.parse(migration.text(), "round " + round);
        accepted++;
      } catch (MigrateException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
    assertThat(accepted).isGreaterThan(50);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("config.toml"), content);
  }
}
