package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes commands quick to start; how quick they are is not tested but measured. */
class CommandStartTest {
  /** The oldest that has its types beside the code. */
  private static final int JAVA_7 = 51;

  @TempDir Path folder;

  @Test
  void noClassOfTheParserIsTooOldForACache() throws IOException {
    Path parser;
    try (Stream<Path> jars = Files.list(Workspace.distribution().resolve("lib"))) {
      parser =
          jars.filter(jar -> jar.getFileName().toString().startsWith("picocli-"))
              .findFirst()
              .orElseThrow();
    }
    try (JarFile jar = new JarFile(parser.toFile())) {
      assertThat(jar.stream().filter(entry -> entry.getName().endsWith(".class")))
          .hasSizeGreaterThan(100)
          .allSatisfy(entry -> {
            try (InputStream in = jar.getInputStream(entry)) {
              byte[] head = in.readNBytes(8);
              assertThat(head[6] << 8 | head[7]).isGreaterThanOrEqualTo(JAVA_7);
            }
          });
    }
  }

  /** As over ssh, from cron, or in a script that sorts. */
  @Test
  void namesMayHaveAnyCharacterWithoutLocale() throws IOException {
    // By a shell, since this JVM may have no locale either.
    Command.Result result =
        Command.of(
                "sh",
                "-c",
                "echo 'nonsense = 1' > \"$1/$(printf 'gr\\303\\266\\303\\237e').toml\""
                    + " && \"$2\" config check \"$1\"/gr*.toml",
                "sh",
                folder.toString(),
                Workspace.distribution().resolve("bin/jcri").toString())
            .withEnvironment("LC_ALL", "C")
            .run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out() + result.err()).contains("größe.toml", "nonsense");
  }

  @Test
  void commandsComeFromTheirCache() throws IOException {
    assumeThat(Workspace.distribution().resolve("lib/jcri-commands.aot")).exists();
    Command.Result result =
        Command.of(
                Workspace.distribution().resolve("bin/jcri").toString(),
                "images",
                "--socket",
                "/nobody/is/here")
            .withEnvironment("JCRI_JAVA_OPTS", "-Xlog:class+load:stdout")
            .run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("picocli.CommandLine source: shared objects file");
    assertThat(result.out().lines())
        .filteredOn(line -> line.contains("picocli.") || line.contains("io.jcri."))
        .noneMatch(line -> line.endsWith(".jar"));
  }
}
