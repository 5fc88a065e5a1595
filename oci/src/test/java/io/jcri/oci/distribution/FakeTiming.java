package io.jcri.oci.distribution;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Time that passes only when someone sleeps, or waits for what does not come at once. */
final class FakeTiming implements Timing {

  final List<Duration> slept = new CopyOnWriteArrayList<>();
  private volatile Duration wait = Duration.ZERO;
  private volatile Runnable waiting = () -> {};
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void sleep(Duration time) {
    slept.add(time);
    pass(time);
  }

  /** So much passes whenever someone waits for the network from now on. */
  void eachWaitTakes(Duration time) {
    wait = time;
  }

  /** What a host does when it is waited for. */
  void onEachWait(Runnable action) {
    waiting = action;
  }

  @Override
  public <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost) throws InterruptedException {
    waiting.run();
    T next = queue.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    pass(wait);
    return next;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }
}
