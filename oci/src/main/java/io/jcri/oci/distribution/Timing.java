package io.jcri.oci.distribution;

import java.time.Duration;
import java.time.Instant;

/** The clock, and waiting by it; tests bring their own. */
interface Timing {

  Timing SYSTEM =
      new Timing() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
          Thread.sleep(time);
        }
      };

  Instant now();

  void sleep(Duration time) throws InterruptedException;
}
