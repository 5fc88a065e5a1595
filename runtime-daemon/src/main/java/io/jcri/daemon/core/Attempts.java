package io.jcri.daemon.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which what was found after a restart is dealt with: whatever is wrong with an
 * object costs that object only, and is logged.
 */
public final class Attempts {
  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  private Attempts() {}

  /** What is tried. */
  @FunctionalInterface
  public interface Step {
    void take() throws IOException;
  }

  /**
   * Tries a step; never throws, except an error of the machine.
   *
   * @param what names the object in the log
   */
  public static void attempt(String what, Step step) {
    try {
      step.take();
    } catch (IOException | RuntimeException e) {
      Faults.error(log, what + " could not be dealt with after the restart", e);
    }
  }

  /** As {@link #attempt}, in a thread that nobody waits for. */
  public static void inBackground(String what, Step step) {
    Thread.ofVirtual().name(what).start(() -> attempt(what, step));
  }

  /** What is in a directory; nothing when it is not there or can't be read, which is logged. */
  public static List<Path> children(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.toList();
    } catch (IOException | UncheckedIOException e) {
      log.warn("cannot look for leftovers in {}: {}", directory, e.getMessage());
      return List.of();
    }
  }
}
