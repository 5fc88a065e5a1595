package io.jcri.sandbox;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when processes end that are no children of the daemon. One thread polls a pidfd for each of
 * them, so a hundred pods cost one thread, and none while nothing is watched. Thread-safe.
 */
public final class ExitWatch implements AutoCloseable {
  private static final long RETRY_NANOS = 1_000_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);

  /** One watched process; closing it twice, or after the exit, does nothing. */
  public interface Watched extends AutoCloseable {
    @Override
    void close();
  }

  private final Syscalls calls;
  private final Object lock = new Object();

  /** Guarded by lock. Descriptors are closed by the polling thread only. */
  private final List<Entry> entries = new ArrayList<>();

  /** Guarded by lock; null while there is nothing to poll. */
  private @Nullable Fd wake;

  /** Makes a watch that has nothing to watch yet. */
  public ExitWatch(Syscalls calls) {
    this.calls = calls;
  }

  /**
   * Calls {@code action} once, on a thread of its own, when the process has ended, and at once when
   * it has ended already.
   */
  public Watched onExit(ProcessId process, Runnable action) throws IOException {
    Fd pidfd = process.open(calls).orElse(null);
    if (pidfd == null) {
      start(process, action);
      return () -> {};
    }
    Entry entry = new Entry(process, pidfd, action);
    synchronized (lock) {
      Fd waking = wake;
      if (waking == null) {
        waking = startPolling(pidfd);
      }
      entries.add(entry);
      wake(waking);
    }
    return () -> cancel(entry);
  }

  /** Watches nothing any more. */
  @Override
  public void close() {
    synchronized (lock) {
      entries.forEach(entry -> entry.cancelled = true);
      wake(wake);
    }
  }

  private void cancel(Entry entry) {
    synchronized (lock) {
      entry.cancelled = true;
      wake(wake);
    }
  }

  /** Called with the lock held; the first descriptor to watch is closed when this fails. */
  private Fd startPolling(Fd first) throws IOException {
    try {
      Fd waking = calls.eventfd();
      wake = waking;
      Thread.ofPlatform().daemon().name("jcri-exit-watch").start(() -> poll(waking));
      return waking;
    } catch (IOException e) {
      first.close();
      throw e;
    }
  }

  private void wake(@Nullable Fd waking) {
    if (waking == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      calls.writeFully(waking, arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
    } catch (IOException e) {
      LOG.warn("cannot wake the exit watch: {}", Reasons.of(e));
    }
  }

  /** The polling thread's life: until nothing is left to watch. */
  private void poll(Fd waking) {
    try (waking) {
      for (List<Entry> watched = next(); !watched.isEmpty(); watched = next()) {
        try {
          pollOnce(waking, watched);
        } catch (IOException e) {
          // The kernel is out of memory: no reason to forget who waits.
          LOG.warn("cannot poll for ended processes: {}", Reasons.of(e));
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  private void pollOnce(Fd waking, List<Entry> watched) throws IOException {
    List<Fd> files = new ArrayList<>();
    files.add(waking);
    watched.forEach(entry -> files.add(entry.pidfd));
    int[] events = calls.poll(files, ProcessCalls.POLLIN, null);
    if (events[0] != 0) {
      rest(waking);
    }
    for (int i = 0; i < watched.size(); i++) {
      if (events[i + 1] != 0) {
        ended(watched.get(i));
      }
    }
  }

  /** What to poll for now; empty ends the thread, and the next onExit starts another. */
  private List<Entry> next() {
    synchronized (lock) {
      entries.removeIf(entry -> {
        if (entry.cancelled) {
          entry.pidfd.close();
        }
        return entry.cancelled;
      });
      if (entries.isEmpty()) {
        wake = null;
      }
      return List.copyOf(entries);
    }
  }

  private void rest(Fd waking) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      int ignored = calls.read(waking, count);
    }
  }

  private void ended(Entry entry) {
    synchronized (lock) {
      if (entry.cancelled) {
        return;
      }
      entry.cancelled = true;
    }
    start(entry.process, entry.action);
  }

  private static void start(ProcessId process, Runnable action) {
    var _ = Thread.ofVirtual().name("jcri-exit-" + process.pid()).start(action);
  }

  private static final class Entry {
    private final ProcessId process;
    private final Fd pidfd;
    private final Runnable action;

    /** Guarded by the watch's lock; also set once the action was started. */
    private boolean cancelled;

    Entry(ProcessId process, Fd pidfd, Runnable action) {
      this.process = process;
      this.pidfd = pidfd;
      this.action = action;
    }
  }
}
