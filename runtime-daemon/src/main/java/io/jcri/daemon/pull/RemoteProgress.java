package io.jcri.daemon.pull;

import io.jcri.oci.Digest;
import io.jcri.oci.image.PullProgress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tells the daemon how a pull goes on, a few times a second. Thread-safe. */
final class RemoteProgress implements PullProgress {

  private static final int BYTES_AT_ONCE = 4 << 20;
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final WorkerCall call;

  /** What was not told yet; guarded by itself. */
  private final Map<Digest, Unreported> layers = new HashMap<>();

  /** Of one layer. */
  private static final class Unreported {
    private int bytes;
    private long toldAt = System.nanoTime() - BETWEEN_NANOS;

    /** Adds; returns what is to be told now. */
    int take(int more) {
      bytes += more;
      long now = System.nanoTime();
      if (bytes < BYTES_AT_ONCE && now - toldAt < BETWEEN_NANOS) {
        return 0;
      }
      toldAt = now;
      return takeAll();
    }

    int takeAll() {
      int all = bytes;
      bytes = 0;
      return all;
    }
  }

  RemoteProgress(WorkerCall call) {
    this.call = call;
  }

  @Override
  public void expected(Digest blob, long bytes) {
    call.tell(new WorkerMessages.Expected(blob, bytes));
  }

  @Override
  public void started(int count, long bytes) {
    call.tell(new WorkerMessages.Started(count, bytes));
  }

  @Override
  public void received(Digest blob, int bytes) {
    int now;
    synchronized (layers) {
      now = layers.computeIfAbsent(blob, b -> new Unreported()).take(bytes);
    }
    tell(blob, now);
  }

  @Override
  public void layerDone(Digest blob) {
    int rest;
    synchronized (layers) {
      Unreported unreported = layers.remove(blob);
      rest = unreported == null ? 0 : unreported.takeAll();
    }
    tell(blob, rest);
    call.tell(new WorkerMessages.LayerDone(blob));
  }

  private void tell(Digest blob, int bytes) {
    if (bytes > 0) {
      call.tell(new WorkerMessages.Received(blob, bytes));
    }
  }
}
