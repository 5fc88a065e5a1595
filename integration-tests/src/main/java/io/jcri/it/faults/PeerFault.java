package io.jcri.it.faults;

/** What can be broken in the same way whichever runtime it is. */
enum PeerFault {
  DAEMON("daemon killed"),
  SHIM("shim killed"),
  SHIM_AND_DAEMON("shim and daemon killed");

  private final String title;

  PeerFault(String title) {
    this.title = title;
  }

  /** Every second seed is for the daemon alone, the others are for shims in turn. */
  static PeerFault of(long seed) {
    return switch ((int) Math.floorMod(seed, 4L)) {
      case 1 -> SHIM;
      case 3 -> SHIM_AND_DAEMON;
      default -> DAEMON;
    };
  }

  /** How many of so many points are its own. */
  int share(int points) {
    int shims = points / 2;
    return switch (this) {
      case DAEMON -> points - shims;
      case SHIM -> shims - shims / 2;
      case SHIM_AND_DAEMON -> shims / 2;
    };
  }

  boolean killsShim() {
    return this != DAEMON;
  }

  boolean killsDaemon() {
    return this != SHIM;
  }

  @Override
  public String toString() {
    return title;
  }
}
