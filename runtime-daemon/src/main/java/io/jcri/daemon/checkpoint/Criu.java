package io.jcri.daemon.checkpoint;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.system.LogTail;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether this node can checkpoint.
 *
 * <p>Thread-safe.
 */
final class Criu {
  private static final Duration CHECK_PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_OUTPUT = 4096;

  private final String program;
  private final Duration patience;
  private volatile boolean good;

  /**
   * As the OCI runtime would find it.
   *
   * @param program name or path of CRIU
   */
  Criu(String program) {
    this(program, CHECK_PATIENCE);
  }

  /** With another patience than the usual. */
  Criu(String program, Duration patience) {
    this.program = program;
    this.patience = patience;
  }

  /**
   * Asks the runtime, then CRIU about the kernel; a good answer is asked for once.
   *
   * @throws JcriException FAILED_PRECONDITION that says what is missing
   */
  void require(Handler handler) {
    Optional<Boolean> says = handler.features().checkpoints();
    if (says.isPresent() && !says.get()) {
      throw JcriException.precondition(
          "OCI runtime " + handler.programName() + " was built without support for checkpoints");
    }
    requireCriu();
  }

  /** The same of CRIU alone. */
  void requireCriu() {
    if (!good) {
      check();
      good = true;
    }
  }

  private void check() {
    Process process;
    try {
      process = new ProcessBuilder(program, "check").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw JcriException.precondition(
          "checkpoints need CRIU, which is not installed: %s was not found on PATH"
              .formatted(program));
    }
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      // Its words fit the pipe; waiting for their end first would have no limit.
      if (!process.waitFor(patience)) {
        throw JcriException.precondition("criu check does not end");
      }
      String text = new String(output.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0) {
        throw JcriException.precondition(
            "CRIU can't checkpoint on this kernel (criu check): " + LogTail.oneLine(text));
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
}
