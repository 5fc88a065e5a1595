package io.jcri.cni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs one program to its end: text in, text out, bounded in time and size. Its standard streams
 * are files in a private directory. With pipes a child that it leaves behind would keep them open
 * and reading them would wait for that child; and each would need a thread. Thread-safe.
 */
final class ChildProcess implements AutoCloseable {
  /**
   * How a program ended.
   *
   * @param exitCode 128 + n after signal n
   * @param stdout all it printed
   * @param stderr the last few KiB of what it printed there
   */
  record Outcome(int exitCode, String stdout, String stderr) {}

  private static final int STDERR_TAIL = 4096;
  private static final long POLL_MILLIS = 200;
  private static final int BUSY_RETRIES = 50;
  private static final long BUSY_MILLIS = 100;

  private Path directory;
  private final AtomicLong calls = new AtomicLong();

  ChildProcess() throws IOException {
    directory = makeDirectory();
  }

  private static Path makeDirectory() throws IOException {
    return Files.createTempDirectory(
        "jcri-cni-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** A cleaner of temporary files may have taken an idle daemon's directory. */
  private synchronized Path directory() throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      directory = makeDirectory();
    }
    return directory;
  }

  /**
   * Runs {@code command} with our environment and {@code variables}.
   *
   * @throws ProcessTimeoutException it did not end in time, or printed too much; it and all its
   *     children were killed
   * @throws InterruptedException as above, because the calling thread was interrupted
   * @throws IOException it cannot be started
   */
  Outcome run(List<String> command, Map<String, String> variables, String stdin, Duration timeout)
      throws IOException, InterruptedException {
    Path dir = directory();
    long call = calls.incrementAndGet();
    Path in = dir.resolve(call + ".in");
    Path out = dir.resolve(call + ".out");
    Path err = dir.resolve(call + ".err");
    try {
      Files.writeString(in, stdin);
      String mark = dir.getFileName() + "-" + call;
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment.putIfAbsent(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
      // The child is no part of the service that systemd watches.
      environment.remove("NOTIFY_SOCKET");
      environment.putAll(variables);
      environment.put(ProcessTree.MARK, mark);
      Process process = start(builder);
      await(process, mark, timeout, out, err);
      return new Outcome(process.exitValue(), read(out), tail(err));
    } finally {
      Files.deleteIfExists(in);
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** A binary that is being replaced in place is "text file busy" (errno 26) for a moment. */
  private static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return builder.start();
      } catch (IOException e) {
        String message = String.valueOf(e.getMessage());
        if (attempt == BUSY_RETRIES || !message.matches("(?s).*error[=:] ?26\\b.*")) {
          throw e;
        }
        Thread.sleep(BUSY_MILLIS);
      }
    }
  }

  private static void await(Process process, String mark, Duration timeout, Path out, Path err)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (true) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          ProcessTree.kill(process, mark);
          throw new ProcessTimeoutException(
              "did not end within %s ms and was killed%s"
                  .formatted(timeout.toMillis(), lastWords(err)));
        }
        boolean ended =
            process.waitFor(
                Math.min(left, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS)), TimeUnit.NANOSECONDS);
        // Also of one that was through with it before anybody looked.
        if (Files.size(out) > CniLimits.PLUGIN_OUTPUT
            || Files.size(err) > CniLimits.PLUGIN_OUTPUT) {
          ProcessTree.kill(process, mark);
          throw new ProcessTimeoutException(
              "printed more than %d bytes%s"
                  .formatted(CniLimits.PLUGIN_OUTPUT, ended ? "" : " and was killed"));
        }
        if (ended) {
          return;
        }
      }
    } catch (InterruptedException e) {
      ProcessTree.kill(process, mark);
      throw e;
    }
  }

  private static String lastWords(Path err) throws IOException {
    String text = tail(err);
    return text.isEmpty() ? "" : "; it had printed: " + text;
  }

  private static String read(Path out) throws IOException {
    try {
      return Json.readText(out, CniLimits.PLUGIN_OUTPUT);
    } catch (Json.MalformedJsonException e) {
      throw new ProcessTimeoutException(
          "printed more than %d bytes".formatted(CniLimits.PLUGIN_OUTPUT));
    }
  }

  private static String tail(Path err) throws IOException {
    try (InputStream in = Files.newInputStream(err)) {
      in.skipNBytes(Math.max(0, Files.size(err) - STDERR_TAIL));
      return new String(in.readNBytes(STDERR_TAIL), StandardCharsets.UTF_8).strip();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }
        });
    Files.deleteIfExists(directory);
  }

  /** The program overstepped a bound; the message continues a sentence that names it. */
  static final class ProcessTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    ProcessTimeoutException(String message) {
      super(message);
    }
  }
}
