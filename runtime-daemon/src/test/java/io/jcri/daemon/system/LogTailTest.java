package io.jcri.daemon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
  @TempDir Path folder;

  private String tail(String content) throws IOException {
    Path file = folder.resolve("log");
    Files.writeString(file, content);
    return LogTail.of(file);
  }

  @Test
  void errorsAreToldBeforeAnythingElse() throws IOException {
    assertThat(
            tail("begin\n(1) Error (a.c:1): first\n\n(2) more\n(3) Error (b.c:2): failed\nend\n"))
        .isEqualTo("(1) Error (a.c:1): first; (3) Error (b.c:2): failed");
  }

  @Test
  void withoutOneTheLastLinesAre() throws IOException {
    String lines =
        IntStream.range(0, 20).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
    assertThat(tail(lines)).startsWith("line 12; line 13").endsWith("line 19");
    assertThat(tail("a\tb\u0007c")).isEqualTo("a b c");
  }

  @Test
  void aLongLogIsReadFromItsEnd() throws IOException {
    assertThat(tail("Error early\n" + "x\n".repeat(100_000) + "end\n")).endsWith("x; end");
    assertThat(tail("")).isEmpty();
    assertThat(LogTail.of(folder.resolve("none"))).isEmpty();
  }
}
