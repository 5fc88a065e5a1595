package io.jcri.daemon.image;

/** How far a layer's blob has come, for whichever pulls want it. Thread-safe. */
final class LayerProgress {
  private final long total;
  private final Rate rate;
  private long received;
  private boolean done;

  LayerProgress(long total, long now) {
    this.total = total;
    this.rate = new Rate(now);
  }

  synchronized void received(int bytes, long now) {
    // A damaged part is fetched again.
    received = Math.min(total, received + bytes);
    rate.add(bytes, now);
  }

  synchronized void done() {
    done = true;
  }

  synchronized PullState.OfLayer state(String digest, long now) {
    return new PullState.OfLayer(digest, done ? total : received, total, rate.perSecond(now), done);
  }
}
