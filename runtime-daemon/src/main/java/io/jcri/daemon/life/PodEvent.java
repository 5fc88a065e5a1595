package io.jcri.daemon.life;

/** What happens to a pod: what clients ask for, what is seen, what a restart finds. */
public enum PodEvent {
  /** A client wants one that isn't there. */
  RUN,
  /** All that it consists of is there, and plugins have agreed. */
  MADE,
  /** It can't be made whole, or the daemon died over it. */
  MAKING_FAILED,
  /** What there was of a pod whose making failed can't be undone now. */
  UNDO_FAILED,
  /** A client wants it to end: it takes no new container while those that it has are stopped. */
  STOPPING,
  /** Its containers have ended, and so does the rest. */
  STOP,
  /** Its pause process has ended. */
  SANDBOX_ENDED,
  /** A client wants it to be gone. */
  REMOVE,
  /** A daemon that has just begun reads its record, and what the record tells of is there. */
  FOUND,
  /** As {@link #FOUND}, but its pause process has gone, or the machine has been restarted. */
  FOUND_DEAD
}
