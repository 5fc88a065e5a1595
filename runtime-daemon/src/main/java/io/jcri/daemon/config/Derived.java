package io.jcri.daemon.config;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is made of a part of the configuration, and made anew when that part has become another one.
 * Thread-safe.
 *
 * @param <P> the part
 * @param <T> what is made of it
 */
public final class Derived<P, T> implements Supplier<T> {
  private record Made<P, T>(P of, T value) {}

  private final Supplier<P> part;
  private final Function<P, T> make;
  private volatile Made<P, T> made;

  /** Makes the first one. */
  public Derived(Supplier<P> part, Function<P, T> make) {
    this.part = part;
    this.make = make;
    P first = part.get();
    this.made = new Made<>(first, make.apply(first));
  }

  @Override
  public T get() {
    P now = part.get();
    Made<P, T> last = made;
    return is(last, now) ? last.value : renewed();
  }

  private synchronized T renewed() {
    P now = part.get();
    Made<P, T> last = made;
    if (!is(last, now)) {
      last = new Made<>(now, make.apply(now));
      made = last;
    }
    return last.value;
  }

  /** Mostly it is the very same, and need not be compared. */
  @SuppressWarnings("ReferenceEquality")
  private static <P> boolean is(Made<P, ?> made, P part) {
    return made.of == part || made.of.equals(part);
  }
}
