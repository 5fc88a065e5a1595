package io.jcri.oci.file;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes what was written durable, for many callers at a time: one syncfs serves all that came
 * before it began, so fifty small layers that end together wait for two and not for fifty.
 * Thread-safe.
 */
public final class GroupSync {

  private final Syscalls sys;
  private final Path place;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long started;
  private long finished;
  private boolean running;

  /**
   * @param place any directory of the file system
   */
  public GroupSync(Syscalls sys, Path place) {
    this.sys = sys;
    this.place = place;
  }

  /** Returns once all that was written before the call is on the disk. Cannot be interrupted. */
  public void sync() throws IOException {
    lock.lock();
    try {
      long needed = started + 1;
      while (finished < needed) {
        if (running) {
          changed.awaitUninterruptibly();
        } else {
          lead();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Holds the lock on entry and exit, not while the disk works. */
  private void lead() throws IOException {
    running = true;
    long mine = ++started;
    boolean done = false;
    lock.unlock();
    try (Fd directory = sys.open(place.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
      sys.syncfs(directory);
      done = true;
    } finally {
      lock.lock();
      running = false;
      if (done) {
        finished = mine;
      }
      changed.signalAll();
    }
  }
}
