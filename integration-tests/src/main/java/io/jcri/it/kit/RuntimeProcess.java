package io.jcri.it.kit;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One run of a runtime's daemon. */
public final class RuntimeProcess {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private static final Duration STACKS_PATIENCE = Duration.ofSeconds(5);
  private static final int STACKS_LINES = 400;
  private static final int LAST_LINES = 20;

  private final Process process;

  private RuntimeProcess(Process process) {
    this.process = process;
  }

  /** Starts a daemon that appends to {@code log}, and waits for nothing. */
  static RuntimeProcess launch(List<String> command, Path log) throws IOException {
    return new RuntimeProcess(
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start());
  }

  /** Starts a daemon that appends to {@code log}, and waits until its socket answers. */
  public static RuntimeProcess start(List<String> command, Path log, Path socket)
      throws IOException {
    RuntimeProcess started = launch(command, log);
    Process process = started.process;
    try (CriClient client = new CriClient(socket)) {
      Waiting.until(
          START_PATIENCE,
          () -> {
            if (!process.isAlive()) {
              throw new IOException(
                  "%s ended with %d: %s"
                      .formatted(command.getFirst(), process.exitValue(), tail(log, LAST_LINES)));
            }
            return Files.exists(socket);
          },
          () -> "no socket " + socket);
      client.awaitVersion(START_PATIENCE);
    } catch (IOException | RuntimeException e) {
      IOException failed = new IOException(e.getMessage() + "\n" + started.stacks(log), e);
      started.kill();
      throw failed;
    }
    return started;
  }

  /** What its threads do, if it still lives: a start that hangs can seldom be seen again. */
  private String stacks(Path log) throws IOException {
    if (!process.isAlive()) {
      return "";
    }
    long before = Files.size(log);
    Command.of("kill", "-QUIT", Long.toString(process.pid())).run();
    try {
      Waiting.until(STACKS_PATIENCE, () -> Files.size(log) > before, () -> "no stacks");
      Waiting.pause();
      return tail(log, STACKS_LINES);
    } catch (IOException e) {
      return "%s: %s".formatted(e.getMessage(), tail(log, LAST_LINES));
    }
  }

  public ProcessHandle handle() {
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
  public void kill() throws IOException {
    Waiting.end(process.destroyForcibly(), STOP_PATIENCE);
  }

  private static String tail(Path log, int count) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }
}
