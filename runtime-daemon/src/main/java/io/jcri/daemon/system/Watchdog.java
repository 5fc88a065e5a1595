package io.jcri.daemon.system;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd again and again that the daemon is well, as long as a check says so
 * (sd_watchdog_enabled(3)). A check that fails or never comes back lets systemd's time run out: it
 * then starts the next daemon, which takes up the pods.
 *
 * <p>Started once.
 */
public final class Watchdog {
  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

  /** Something that the daemon must be able to do. */
  @FunctionalInterface
  public interface Check {
    /**
     * Does it; may take long.
     *
     * @throws IOException saying what does not work
     */
    void run() throws IOException;
  }

  private final Duration pause;
  private final Check check;
  private final Runnable alive;

  /**
   * Looks after one check.
   *
   * @param pause between two checks: less than half of what systemd waits
   * @param alive told after each check that went well
   */
  public Watchdog(Duration pause, Check check, Runnable alive) {
    this.pause = pause;
    this.check = check;
    this.alive = alive;
  }

  /** How long systemd waits for a sign of this process; empty when it does not. */
  public static Optional<Duration> patience(Map<String, String> environment, long pid) {
    String wait = environment.getOrDefault("WATCHDOG_USEC", "");
    String whose = environment.getOrDefault("WATCHDOG_PID", String.valueOf(pid));
    return wait.matches("[1-9][0-9]{0,14}") && whose.equals(String.valueOf(pid))
        ? Optional.of(Duration.ofNanos(Math.multiplyExact(Long.parseLong(wait), 1000L)))
        : Optional.empty();
  }

  /** In a virtual thread, so that calls, which have such threads, are known to get on. */
  public void start() {
    Thread.ofVirtual().name("watchdog").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        lookOnce();
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOnce() {
    try {
      check.run();
      alive.run();
    } catch (IOException | RuntimeException e) {
      log.warn("systemd is not told that all is well: {}", e.getMessage());
    }
  }
}
