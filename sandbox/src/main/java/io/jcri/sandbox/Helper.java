package io.jcri.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code jcri-sandbox}. */
final class Helper {
  /** It takes milliseconds; a machine on which it takes this long is stuck in the kernel. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int MAX_OUTPUT = 8192;

  private final Path binary;

  Helper(Path binary) {
    this.binary = binary;
  }

  /**
   * Runs it to its end; an answer other than Up or Failed means that it may have left something.
   */
  HelperAnswer run(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectInput(new File("/dev/null")).redirectErrorStream(true);
    // The pause process keeps it for its life, and it is the daemon's own.
    builder.environment().clear();
    Process process = builder.start();
    try {
      // Its output fits into the pipe, so its end can be waited for first.
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return new HelperAnswer.Nonsense("no answer within " + PATIENCE.toSeconds() + " s");
      }
      return answerOf(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while making a sandbox").initCause(e);
    } finally {
      end(process);
    }
  }

  private static HelperAnswer answerOf(Process process) throws IOException {
    byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT);
    String text = new String(output, StandardCharsets.UTF_8);
    return process.exitValue() <= 1
        ? HelperAnswer.parse(text)
        : new HelperAnswer.Nonsense("exit status " + process.exitValue() + " " + text.strip());
  }

  /** It must be gone before anyone takes back what it has done. */
  private static void end(Process process) throws IOException {
    if (process.isAlive()) {
      process.destroyForcibly();
      process
          .onExit()
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .exceptionally(_ -> process)
          .join();
    }
    process.getInputStream().close();
  }
}
