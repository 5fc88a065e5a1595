package io.jcri.oci.distribution;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A clock for intervals, which tells no time of day, and waiting by it; tests bring their own. */
interface Timing {

  Timing SYSTEM =
      new Timing() {
        @Override
        public Instant now() {
          // The wall's clock may be set back, and a host would be left alone for as long.
          return Instant.EPOCH.plusNanos(System.nanoTime());
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
          Thread.sleep(time);
        }

        @Override
        public <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost)
            throws InterruptedException {
          return queue.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        }
      };

  Instant now();

  void sleep(Duration time) throws InterruptedException;

  /** Waits for the queue's next; null when the time is over. */
  <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost) throws InterruptedException;
}
