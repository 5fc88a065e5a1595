package io.jcri.it.shim;

import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody at a terminal that is sent over a socket. */
final class Console implements AutoCloseable {
  private final Process process;
  private final Path seen;

  Console(Path socket, Path seen) throws IOException {
    this.seen = seen;
    process =
        new ProcessBuilder(Workspace.nativeProgram("console").toString(), socket.toString())
            .redirectOutput(seen.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Waiting.until(TaskFixture.PATIENCE, () -> Files.exists(socket), () -> "no console");
  }

  void type(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  void await(String text) throws IOException {
    Waiting.until(
        TaskFixture.PATIENCE,
        () -> Files.readString(seen, StandardCharsets.ISO_8859_1).contains(text),
        () -> "the terminal does not show " + text);
  }

  void awaitEnd() throws IOException {
    Waiting.until(
        TaskFixture.PATIENCE, () -> !process.isAlive(), () -> "the terminal is not hung up");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
