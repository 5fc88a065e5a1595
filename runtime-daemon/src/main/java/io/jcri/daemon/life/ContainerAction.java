package io.jcri.daemon.life;

/** What is done for a container. Each may be repeated after a daemon has died over it. */
public enum ContainerAction {
  /** The new phase is written to the record, then readers see it. */
  RECORD,
  /** Readers see the new phase; the record stays as it is. */
  SHOW,
  MOUNT_ROOT,
  /** What plugins and the node make of the request goes to the bundle. */
  WRITE_CONFIG,
  LAUNCH_SHIM,
  /** The OCI runtime starts the container, below the shim. */
  RUN,
  /** From here on the shim's word of the exit, or its loss, is an event. */
  WATCH_SHIM,
  /** In the background, until the shim answers or is known to be gone. */
  ASK_SHIM,
  /** The stop signal, and SIGKILL after the grace period; the exit is an event of its own. */
  SIGNAL,
  /** The exit record is read; without one nobody knows how the container ended. */
  TAKE_EXIT,
  /** The container's processes, past a shim that does not answer. */
  KILL,
  /** The shim deletes the container from the OCI runtime and ends; past it should it not answer. */
  LET_GO,
  /** The OCI runtime deletes what it knows of the container by force; the shim is killed. */
  FORCE_DELETE,
  /** What the start was to restore is not needed any more. */
  FORGET_CHECKPOINT,
  /** In the background: {@link ContainerEvent#REMOVE}. */
  ROLL_BACK,
  /** In the background: {@link ContainerEvent#SHIM_FOUND}, if there is one. */
  LOOK_FOR_SHIM,
  /** Bundle, shim socket, exit record, checkpoint. */
  DELETE_FILES,
  /** The root file system is unmounted, what was written to it and its volumes go. */
  RELEASE_ROOT,
  DELETE_RECORD,
  /** Another container may be called so. */
  RELEASE_NAME
}
