package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one verb of the runtime with bounded time and output. */
final class RuntimeProcess {
  private static final int MAX_STDOUT = 4 << 20;
  private static final int MAX_STDERR = 64 << 10;
  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeProcess.class);

  /**
   * What a finished verb left behind.
   *
   * @param stdout at most 4 MiB
   * @param stderr at most 64 KiB
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Result(int exitCode, byte[] stdout, byte[] stderr) {}

  private RuntimeProcess() {}

  /**
   * @param what names the verb and container for errors: {@code runc kill abc}
   * @throws OciException FAILED_PRECONDITION when the binary cannot be executed, DEADLINE_EXCEEDED
   *     after the timeout (the process is killed), CANCELLED when the thread is interrupted
   */
  static Result run(String what, List<String> command, byte[] stdin, Duration timeout) {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      // The runtime is no part of the service that systemd watches.
      builder.environment().remove("NOTIFY_SOCKET");
      process = builder.start();
    } catch (IOException e) {
      throw new OciException(
          Kind.FAILED_PRECONDITION,
          "cannot execute " + command.getFirst() + ": " + Reasons.of(e),
          e);
    }
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    // Both are drained at once: a verb that fills one pipe while we read the other would hang.
    Thread outReader =
        Thread.startVirtualThread(() -> drain(process.getInputStream(), stdout, MAX_STDOUT));
    Thread errReader =
        Thread.startVirtualThread(() -> drain(process.getErrorStream(), stderr, MAX_STDERR));
    try {
      feed(process, stdin);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new OciException(
            Kind.DEADLINE_EXCEEDED, what + " did not finish in " + timeout.toMillis() + " ms");
      }
      // A hook that went to the background may hold the pipes open for as long as it likes.
      boolean all = outReader.join(DRAIN) && errReader.join(DRAIN);
      LOG.debug("{} exited with {}, output complete: {}", what, process.exitValue(), all);
      return new Result(process.exitValue(), stdout.toByteArray(), stderr.toByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(Kind.CANCELLED, what + " was interrupted", e);
    } finally {
      // Only then: what a process that has ended leaves is no longer its own, and looking for that
      // reads the state of every process of the node.
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private static void feed(Process process, byte[] stdin) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(stdin);
    } catch (IOException e) {
      // It exited without reading; its exit code and stderr say more than this broken pipe.
      return;
    }
  }

  private static void drain(InputStream in, ByteArrayOutputStream into, int limit) {
    byte[] buffer = new byte[8192];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        into.write(buffer, 0, Math.min(n, limit - into.size()));
      }
    } catch (IOException e) {
      // The process was killed; what came until then is all there is.
      return;
    }
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }
}
