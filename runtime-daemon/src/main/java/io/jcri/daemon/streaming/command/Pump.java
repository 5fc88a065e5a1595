package io.jcri.daemon.streaming.command;

import io.jcri.daemon.system.HeapGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a stream to another on a platform thread of its own, since a blocked read of a pipe holds
 * the thread below it.
 */
final class Pump {
  private static final Logger log = LoggerFactory.getLogger(Pump.class);
  private static final int BUFFER = 32 * 1024;
  private static final long STACK_BYTES = 256 * 1024;

  private final Thread thread;

  private Pump(Thread thread) {
    this.thread = thread;
  }

  /**
   * Copies a process's output, and ends the client's stream after it. When the client takes no more
   * the rest is thrown away: the process must not wait for it.
   */
  static Pump output(InputStream process, OutputStream client) {
    return start(
        "jcri-session-out",
        () -> {
          if (!copy(process, client)) {
            copy(process, OutputStream.nullOutputStream());
          }
          client.close();
        });
  }

  /** Copies a client's input, and ends the process's after it, or when that takes no more. */
  static Pump input(InputStream client, OutputStream process, Runnable afterwards) {
    return start(
        "jcri-session-in",
        () -> {
          try (process) {
            copy(client, process);
          } finally {
            afterwards.run();
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private static Pump start(String name, Work work) {
    return new Pump(
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .stackSize(STACK_BYTES)
            .start(
                HeapGuard.expendable(
                    "a session's stream",
                    () -> {
                      try {
                        work.run();
                      } catch (IOException e) {
                        log.debug("{} ended: {}", name, e.getMessage());
                      }
                    })));
  }

  /** Returns whether the source ended, and not the sink. */
  private static boolean copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int count;
    while ((count = from.read(buffer)) >= 0) {
      try {
        to.write(buffer, 0, count);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /** Waits until all is copied. */
  void join() throws InterruptedException {
    thread.join();
  }
}
