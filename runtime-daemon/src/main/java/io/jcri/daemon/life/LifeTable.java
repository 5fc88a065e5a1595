package io.jcri.daemon.life;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a life by phase and event. Written once, then only read.
 *
 * @param <P> the phases
 * @param <E> the events
 * @param <A> the actions
 */
@SuppressWarnings("varargs") // each becomes a list, whatever is in it
final class LifeTable<P extends Enum<P>, E extends Enum<E>, A extends Enum<A>> {
  private record Key<P, E>(Optional<P> phase, E event) {}

  private final Map<Key<P, E>, Transition<P, A>> steps = new HashMap<>();

  /** What is there and stays. */
  @SafeVarargs
  final LifeTable<P, E, A> step(P from, E event, P to, A... actions) {
    return add(Optional.of(from), event, Optional.of(to), List.of(actions));
  }

  /** What begins. */
  @SafeVarargs
  final LifeTable<P, E, A> begin(E event, P to, A... actions) {
    return add(Optional.empty(), event, Optional.of(to), List.of(actions));
  }

  /** What goes. */
  @SafeVarargs
  final LifeTable<P, E, A> end(P from, E event, A... actions) {
    return add(Optional.of(from), event, Optional.empty(), List.of(actions));
  }

  /** What isn't there and does not come. */
  @SafeVarargs
  final LifeTable<P, E, A> absent(E event, A... actions) {
    return add(Optional.empty(), event, Optional.empty(), List.of(actions));
  }

  private LifeTable<P, E, A> add(Optional<P> from, E event, Optional<P> to, List<A> actions) {
    if (steps.put(new Key<>(from, event), new Transition<>(from, to, actions)) != null) {
      throw new IllegalStateException(
          "two rows for %s and %s".formatted(Transition.name(from), event));
    }
    return this;
  }

  /**
   * The step of this phase and event.
   *
   * @throws ImpossibleEventException when there is none
   */
  Transition<P, A> on(Optional<P> phase, E event) {
    @Nullable Transition<P, A> step = steps.get(new Key<>(phase, event));
    if (step == null) {
      throw new ImpossibleEventException(phase, event);
    }
    return step;
  }

  boolean can(Optional<P> phase, E event) {
    return steps.containsKey(new Key<>(phase, event));
  }
}
