package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitRecordTest {
  @TempDir private Path directory = Path.of("/");

  @Test
  void readsWhatTheShimWrites() throws IOException {
    Path file = directory.resolve("exit.json");
    Files.writeString(
        file,
        "{\"version\":1,\"containerId\":\"c1\",\"pid\":4711,\"exitCode\":137,\"signal\":9,"
            + "\"startedAtNanos\":1795235482000000001,\"finishedAtNanos\":1795235483000000002,"
            + "\"oomKilled\":true,\"killRequested\":true,\"logDropped\":7,\"newer\":[1]}\n");
    assertThat(ExitRecord.read(file))
        .isEqualTo(
            new ExitRecord(
                "c1",
                4711,
                137,
                9,
                1795235482000000001L,
                1795235483000000002L,
                true,
                true,
                7,
                false));
  }

  @Test
  void readsWhatAnOlderShimHasWritten() throws IOException {
    Path file = directory.resolve("exit.json");
    Files.writeString(
        file,
        "{\"version\":1,\"containerId\":\"c1\",\"pid\":4711,\"exitCode\":137,\"signal\":9,"
            + "\"startedAtNanos\":1795235482000000001,\"finishedAtNanos\":1795235483000000002,"
            + "\"oomKilled\":true}\n");
    assertThat(ExitRecord.read(file))
        .isEqualTo(
            new ExitRecord(
                "c1",
                4711,
                137,
                9,
                1795235482000000001L,
                1795235483000000002L,
                true,
                false,
                0,
                false));
  }

  @Test
  void readsThatTheCodeIsLost() throws IOException {
    Path file = directory.resolve("exit.json");
    Files.writeString(
        file,
        "{\"version\":1,\"containerId\":\"c1\",\"pid\":4711,\"exitCode\":255,\"signal\":0,"
            + "\"startedAtNanos\":1,\"finishedAtNanos\":2,\"oomKilled\":false,"
            + "\"killRequested\":false,\"codeLost\":true}\n");
    assertThat(ExitRecord.read(file).codeLost()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "{\"version\":null}",
        "{\"version\":2,\"containerId\":\"c1\"}",
        "{\"version\":1,\"containerId\":\"c\",\"pid\":\"x\",\"exitCode\":0,\"signal\":0}"
      })
  void namesTheFileOfADamagedRecord(String text) throws IOException {
    Path file = directory.resolve("exit.json");
    Files.writeString(file, text);
    assertThatThrownBy(() -> ExitRecord.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void tellsAMissingRecordApart() {
    assertThatThrownBy(() -> ExitRecord.read(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
