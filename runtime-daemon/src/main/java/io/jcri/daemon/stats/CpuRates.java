package io.jcri.daemon.stats;

import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * CPU use as a rate, from one question to the next. The first question about a container is
 * answered with the average since its start; questions that follow too closely get the last answer,
 * since a rate over a few milliseconds is noise.
 *
 * <p>Thread-safe.
 */
final class CpuRates {
  private static final long LEAST_NANOS = 500_000_000L;

  private final ValuesById<Sample> samples;

  private record Sample(long at, long cpuNanos, long nanoCores) {}

  CpuRates(Predicate<String> exists) {
    this.samples = new ValuesById<>(exists);
  }

  /**
   * The rate in billionths of a core.
   *
   * @param id whose
   * @param at nanoseconds by a clock that never goes back, unlike the wall's
   * @param cpuNanos used since it was started
   * @param age nanoseconds since then; asked for a first answer only
   */
  long nanoCores(String id, long at, long cpuNanos, LongSupplier age) {
    Sample now =
        samples
            .values()
            .compute(
                id,
                (key, last) -> {
                  if (last == null || cpuNanos < last.cpuNanos()) {
                    return new Sample(at, cpuNanos, rate(cpuNanos, age.getAsLong()));
                  }
                  long elapsed = at - last.at();
                  return elapsed < LEAST_NANOS
                      ? last
                      : new Sample(at, cpuNanos, rate(cpuNanos - last.cpuNanos(), elapsed));
                });
    return now.nanoCores();
  }

  private static long rate(long cpuNanos, long elapsed) {
    return elapsed <= 0 ? 0 : (long) (cpuNanos * (1e9 / elapsed));
  }
}
