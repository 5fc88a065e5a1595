package io.jcri.it.kit;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One run of a runtime's daemon. */
final class RuntimeProcess {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final Process process;

  private RuntimeProcess(Process process) {
    this.process = process;
  }

  /** Starts a daemon that appends to {@code log}, and waits until its socket answers. */
  static RuntimeProcess start(List<String> command, Path log, Path socket) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    RuntimeProcess started = new RuntimeProcess(process);
    try (CriClient client = new CriClient(socket)) {
      Waiting.until(
          START_PATIENCE,
          () -> {
            if (!process.isAlive()) {
              throw new IOException(
                  "%s ended with %d: %s"
                      .formatted(command.getFirst(), process.exitValue(), tail(log)));
            }
            return Files.exists(socket);
          },
          () -> "no socket " + socket);
      client.awaitVersion(START_PATIENCE);
    } catch (IOException | RuntimeException e) {
      started.kill();
      throw e;
    }
    return started;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Ends it as systemd would. */
  void stop() throws IOException {
    process.destroy();
    if (!Waiting.end(process, STOP_PATIENCE)) {
      kill();
      throw new IOException("pid %d did not end on SIGTERM".formatted(process.pid()));
    }
  }

  /** Ends it with no chance to do anything: SIGKILL. */
  void kill() throws IOException {
    Waiting.end(process.destroyForcibly(), STOP_PATIENCE);
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
