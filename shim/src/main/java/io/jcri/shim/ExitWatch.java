package io.jcri.shim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standing connection to a shim: it brings the container's exit, and its end is the shim's end,
 * noticed at once. A listener that comes late hears what has happened already.
 */
final class ExitWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);

  private final String containerId;
  private final ShimConnection connection;

  // All below are guarded by lock; listeners are called outside of it.
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Consumer<ExitRecord>> exitListeners = new ArrayList<>();
  private final List<Runnable> lossListeners = new ArrayList<>();
  private @Nullable ExitRecord exit;
  private boolean ended;
  private boolean lost;
  private boolean endExpected;

  private ExitWatch(String containerId, ShimConnection connection) {
    this.containerId = containerId;
    this.connection = connection;
  }

  /** Asks to be told, on a connection that has been used for nothing but a status. */
  static ExitWatch begin(String containerId, ShimConnection connection, Duration limit)
      throws ShimException {
    connection.send(Frame.request(Wire.WATCH));
    connection.receiveOk(limit);
    ExitWatch watch = new ExitWatch(containerId, connection);
    Thread.ofVirtual().name("jcri-shim-watch-" + containerId).start(watch::listen);
    return watch;
  }

  static ExitRecord record(String containerId, Frame frame) {
    return new ExitRecord(
        containerId,
        (int) frame.number(Wire.TAG_PID),
        (int) frame.number(Wire.TAG_EXIT_CODE),
        (int) frame.number(Wire.TAG_SIGNAL),
        frame.number(Wire.TAG_STARTED_AT),
        frame.number(Wire.TAG_FINISHED_AT),
        frame.flag(Wire.TAG_OOM_KILLED),
        frame.flag(Wire.TAG_KILL_REQUESTED),
        frame.number(Wire.TAG_LOG_UNTOLD),
        frame.flag(Wire.TAG_CODE_LOST));
  }

  private void listen() {
    try {
      while (true) {
        Frame frame = connection.receive(ShimConnection.FOREVER);
        if (frame.type() == Wire.EXIT) {
          exited(record(containerId, frame));
        }
      }
    } catch (ShimException ended) {
      connectionEnded();
    } catch (RuntimeException | Error e) { // as of a class that can't be loaded without descriptors
      LOG.error("what the shim of container {} tells is not heard any more", containerId, e);
      throw e;
    }
  }

  private void exited(ExitRecord record) {
    List<Consumer<ExitRecord>> listeners;
    lock.lock();
    try {
      exit = record;
      listeners = List.copyOf(exitListeners);
      exitListeners.clear();
    } finally {
      lock.unlock();
    }
    listeners.forEach(listener -> run(() -> listener.accept(record)));
  }

  private void connectionEnded() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
    tellLoss();
  }

  private void tellLoss() {
    List<Runnable> listeners;
    lock.lock();
    try {
      if (!ended || endExpected) {
        return;
      }
      lost = true;
      listeners = List.copyOf(lossListeners);
      lossListeners.clear();
    } finally {
      lock.unlock();
    }
    listeners.forEach(this::run);
  }

  /** One listener's fault is not the next one's. */
  private void run(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("listener of container {} failed", containerId, e);
    }
  }

  void onExit(Consumer<ExitRecord> listener) {
    ExitRecord known;
    lock.lock();
    try {
      known = exit;
      if (known == null) {
        exitListeners.add(listener);
      }
    } finally {
      lock.unlock();
    }
    if (known != null) {
      listener.accept(known);
    }
  }

  void onLost(Runnable listener) {
    boolean known;
    lock.lock();
    try {
      known = lost;
      if (!known) {
        lossListeners.add(listener);
      }
    } finally {
      lock.unlock();
    }
    if (known) {
      listener.run();
    }
  }

  Optional<ExitRecord> exit() {
    lock.lock();
    try {
      return Optional.ofNullable(exit);
    } finally {
      lock.unlock();
    }
  }

  /** Says whether the shim's end is our own doing, which is no loss; it may come at any moment. */
  void expectEnd(boolean expected) {
    lock.lock();
    try {
      endExpected = expected;
    } finally {
      lock.unlock();
    }
    tellLoss();
  }

  /** Ends on purpose: no loss is reported from now on. */
  void close() {
    expectEnd(true);
    connection.close();
  }
}
