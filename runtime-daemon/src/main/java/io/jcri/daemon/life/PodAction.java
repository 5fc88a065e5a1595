package io.jcri.daemon.life;

/** What is done for a pod. Each may be repeated after a daemon has died over it. */
public enum PodAction {
  /** The new phase is written to the record, then readers see it. */
  RECORD,
  /**
   * Namespaces, pause process, cgroup; recorded, and that a network is due, before it is joined.
   */
  MAKE_SANDBOX,
  JOIN_NETWORK,
  /** What its containers find in /etc. */
  WRITE_FILES,
  /** The container that the pod's others are put into, where the handler wants one. */
  START_SANDBOX_CONTAINER,
  /** From here on the end of the pause process is an event, and of the sandbox container. */
  WATCH_SANDBOX,
  /** The sandbox container goes; when it can't, all else is done before that is told. */
  END_SANDBOX_CONTAINER,
  /** Its addresses are given back; when they can't be, all else is done before that is told. */
  LEAVE_NETWORK,
  /** Pause process, namespaces and cgroup go. */
  END_SANDBOX,
  /** In the background: {@link PodEvent#MAKING_FAILED}. */
  ROLL_BACK,
  DELETE_FILES,
  DELETE_RECORD,
  /** Another pod may be called so. */
  RELEASE_NAME
}
