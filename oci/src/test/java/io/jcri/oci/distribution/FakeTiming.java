package io.jcri.oci.distribution;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that passes only when someone sleeps. */
final class FakeTiming implements Timing {

  final List<Duration> slept = new CopyOnWriteArrayList<>();
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

  void pass(Duration time) {
    now = now.plus(time);
  }
}
