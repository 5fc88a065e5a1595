package io.jcri.daemon.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes by which the JDK starts programs ({@code jspawnhelper}: it reads from its parent
 * what to become), left by a daemon that was killed meanwhile. One alone sees its pipe end; of two
 * at once each has the other's end of it, so that both wait for ever, and with them all that the
 * dead daemon had open, its listening sockets too.
 */
public final class StrandedLaunchers {
  private static final Logger log = LoggerFactory.getLogger(StrandedLaunchers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** What the kernel adds to the name of a program whose file was replaced. */
  private static final String REPLACED = " (deleted)";

  private StrandedLaunchers() {}

  /**
   * Ends those of this Java runtime whose parent is none of its programs, and waits until they are
   * gone. What can't be ended is told of in the log.
   *
   * @param javaHome the folder of the runtime
   */
  public static void end(Path javaHome) {
    Path program = javaHome.resolve("lib/jspawnhelper");
    List<ProcessHandle> stranded =
        ProcessHandle.allProcesses()
            .filter(process -> runs(process, program) && isStranded(process, javaHome))
            .toList();
    for (ProcessHandle launcher : stranded) {
      log.warn("process {} was left by a daemon that was killed, and is ended", launcher.pid());
      boolean _ = launcher.destroyForcibly();
      if (!ends(launcher, program)) {
        log.error("process {} does not end", launcher.pid());
      }
    }
  }

  private static boolean isStranded(ProcessHandle launcher, Path javaHome) {
    Optional<ProcessHandle> parent = launcher.parent();
    return parent.isEmpty() || !runs(parent.get(), javaHome.resolve("bin/java"));
  }

  /** By the kernel's word alone: the JDK would ask for the names of all users as well. */
  private static boolean runs(ProcessHandle process, Path program) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "exe");
      String running = Files.readSymbolicLink(link).toString();
      return running.equals(program.toString()) || running.equals(program + REPLACED);
    } catch (IOException ended) {
      return false;
    }
  }

  /** One that waits to be reaped runs nothing any more. */
  private static boolean ends(ProcessHandle launcher, Path program) {
    long start = System.nanoTime();
    try {
      while (runs(launcher, program)) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          return false;
        }
        Thread.sleep(1);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
