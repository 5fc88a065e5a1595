package io.jcri.daemon.container;

import io.jcri.daemon.life.Transition.Work;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How what was acquired for something in the making is let go again, should a later step fail. A
 * step says so before it acquires anything: it may fail halfway itself.
 *
 * <p>Of this process only: what a daemon that died has acquired, its record tells.
 *
 * <p>Used by one thread.
 */
final class UndoList {
  private static final Logger log = LoggerFactory.getLogger(UndoList.class);

  private record Acquired(String what, Work undo) {}

  private final Deque<Acquired> acquired = new ArrayDeque<>();

  /**
   * Adds what is about to be acquired.
   *
   * @param what for the log
   * @param undo fine with what was acquired not at all, or by half
   */
  void add(String what, Work undo) {
    acquired.push(new Acquired(what, undo));
  }

  /**
   * Lets everything go, the last first. What can't be let go keeps nothing else from it.
   *
   * @param why gets what fails as suppressed exceptions
   */
  void undo(Exception why) {
    while (!acquired.isEmpty()) {
      Acquired last = acquired.pop();
      try {
        last.undo.run();
      } catch (IOException | RuntimeException e) {
        log.warn("{} could not be undone: {}", last.what, e.getMessage());
        if (!e.equals(why)) {
          why.addSuppressed(e);
        }
      }
    }
  }
}
