package io.jcri.daemon.container;

/**
 * How far a container has come.
 *
 * <pre>
 * CREATING ──► CREATED ──► RUNNING ──► EXITED
 *                 └───────(start fails)──►┘
 * UNKNOWN: its shim does not answer; becomes RUNNING or EXITED once the truth is known. Or its record
 *          can't be read (UnreadableContainer); becomes EXITED when it is stopped
 * </pre>
 */
public enum ContainerPhase {
  /** CreateContainer is at work; not listed. A restart rolls it back. */
  CREATING,
  CREATED,
  RUNNING,
  EXITED,
  UNKNOWN
}
