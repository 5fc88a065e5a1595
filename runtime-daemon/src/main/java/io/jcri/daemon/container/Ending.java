package io.jcri.daemon.container;

import org.jspecify.annotations.Nullable;

/** How a container ends, told by one action of a step to the next. Used by one thread. */
final class Ending {
  private @Nullable Exit exit;

  /** One that nobody knows yet. */
  Ending() {}

  /** One that is known. */
  Ending(Exit exit) {
    this.exit = exit;
  }

  void is(Exit known) {
    exit = known;
  }

  /**
   * How it ended.
   *
   * @throws IllegalStateException when nobody has said so
   */
  Exit exit() {
    @Nullable Exit known = exit;
    if (known == null) {
      throw new IllegalStateException("nobody has said how the container ended");
    }
    return known;
  }
}
