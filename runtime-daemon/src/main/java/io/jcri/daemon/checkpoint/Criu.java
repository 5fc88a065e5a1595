package io.jcri.daemon.checkpoint;

import io.jcri.daemon.JcriException;
import io.jcri.daemon.runtime.Handlers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node can checkpoint, and what CRIU said when it could not.
 *
 * <p>Thread-safe.
 */
final class Criu {
  private static final Duration CHECK_PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_OUTPUT = 4096;
  private static final int LOG_TAIL = 16 << 10;
  private static final int LOG_LINES = 8;

  private volatile boolean good;

  /**
   * Asks the runtime, then CRIU about the kernel; a good answer is asked for once.
   *
   * @throws JcriException FAILED_PRECONDITION that says what is missing
   */
  void require(Handlers.Handler handler) {
    String runtime = String.valueOf(handler.runtime().options().binary());
    Optional<Boolean> says = handler.features().checkpoints();
    if (says.isPresent() && !says.get()) {
      throw JcriException.precondition(
          "OCI runtime " + runtime + " was built without support for checkpoints");
    }
    if (!good) {
      check();
      good = true;
    }
  }

  private static void check() {
    Process process;
    try {
      process = new ProcessBuilder("criu", "check").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw JcriException.precondition(
          "checkpoints need CRIU, which is not installed: criu was not found on PATH");
    }
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      String text = new String(output.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(CHECK_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw JcriException.precondition("criu check does not end");
      }
      if (process.exitValue() != 0) {
        throw JcriException.precondition(
            "CRIU can't checkpoint on this kernel (criu check): " + oneLine(text.lines().toList()));
      }
    } catch (IOException e) {
      throw JcriException.precondition("criu check could not be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw JcriException.precondition("criu check was interrupted");
    } finally {
      process.destroyForcibly();
    }
  }

  /** The last words of a CRIU log, in one line; empty when there is none. */
  static String tail(Path log) {
    try (var channel = Files.newByteChannel(log)) {
      long from = Math.max(0, channel.size() - LOG_TAIL);
      channel.position(from);
      var buffer = java.nio.ByteBuffer.allocate(LOG_TAIL);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the end
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
      List<String> lines = text.lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
      return oneLine(lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  private static String oneLine(List<String> lines) {
    return String.join("; ", lines).replaceAll("\\p{Cntrl}", " ");
  }
}
