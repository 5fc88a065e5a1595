package io.jcri.daemon.life;

import java.util.Optional;

/** An event that can't happen in the phase that it came in: a fault of the daemon. */
public final class ImpossibleEventException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  ImpossibleEventException(Optional<? extends Enum<?>> phase, Enum<?> event) {
    super("%s can't happen to what is %s".formatted(event, Transition.name(phase)));
  }
}
