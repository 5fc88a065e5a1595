package io.jcri.daemon.life;

/**
 * How far a container has come; {@link ContainerLife} says how it goes on. Written to its record.
 */
public enum ContainerPhase {
  /** CreateContainer is at work; not listed. A restart rolls it back. */
  CREATING,
  /** It could be started; nothing of it runs. */
  CREATED,
  RUNNING,
  EXITED,
  /** It ran when it was last heard of; its shim has not answered since the daemon's start. */
  UNKNOWN
}
