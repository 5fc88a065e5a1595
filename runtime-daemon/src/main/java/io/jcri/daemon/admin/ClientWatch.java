package io.jcri.daemon.admin;

import java.io.IOException;

/**
 * Interrupts the thread that made it when the client goes. A client that waits for its answers says
 * nothing and keeps its side open, so whatever can be read is its end.
 */
final class ClientWatch implements AutoCloseable {
  private final Wire wire;
  private final Thread worker = Thread.currentThread();

  /** Guarded by this. */
  private boolean over;

  ClientWatch(Wire wire) {
    this.wire = wire;
  }

  /** From now on nobody else may read from the client. */
  void start() {
    Thread.ofVirtual().name("admin client").start(this::watch);
  }

  private void watch() {
    try {
      wire.awaitEnd();
    } catch (IOException e) {
      // as good as an end
    }
    synchronized (this) {
      if (!over) {
        worker.interrupt();
      }
    }
  }

  /** The work is done: what comes now is the end of a client that has its answer. */
  @Override
  public synchronized void close() {
    over = true;
  }
}
