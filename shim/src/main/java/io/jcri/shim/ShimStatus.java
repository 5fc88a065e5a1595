package io.jcri.shim;

import java.util.Optional;

/**
 * A shim's view of its container.
 *
 * @param containerId the container's id
 * @param state how far it has come
 * @param pid its first process, 0 before it runs
 * @param startedAtNanos when it ran, nanoseconds since the epoch, 0 before
 * @param exit what became of it, once it has ended
 * @param logDroppedBytes output that never reached the log, as a disk was full
 * @param protocol the version of the protocol that the shim speaks
 */
public record ShimStatus(
    String containerId,
    State state,
    int pid,
    long startedAtNanos,
    Optional<ExitRecord> exit,
    long logDroppedBytes,
    int protocol) {

  /** How far a container has come. The order is that of the protocol. */
  public enum State {
    /** Nothing runs; a start that failed leads back here. */
    CREATED,
    /** The OCI runtime is at work. */
    STARTING,
    /** It runs. */
    RUNNING,
    /** It has ended, and its exit record is written. */
    EXITED
  }
}
