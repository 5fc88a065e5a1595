package io.jcri.daemon.life;

/** What happens to a container: what clients ask for, what is seen, what a restart finds. */
public enum ContainerEvent {
  /** A client wants one that isn't there. */
  CREATE,
  /** Its root file system and its config.json are there. */
  MADE,
  /** It can't be made whole, or not in time: its pod was stopped. */
  MAKING_FAILED,
  /** A client wants it to run. */
  START,
  /** The OCI runtime says that it runs. */
  STARTED,
  /** The OCI runtime, a plugin, or a stop that came meanwhile has kept it from running. */
  START_FAILED,
  /** Its shim, or the exit record that the shim left, tells how it ended. */
  EXIT,
  /** Its shim has gone or closed its connection, and nobody can take its place. */
  SHIM_LOST,
  /** Its shim has gone, and another one takes its place: the container runs on. */
  SHIM_REPLACED,
  /** Its shim does not answer, and a client wants the container stopped. */
  SHIM_SILENT,
  /** A client wants it to end. */
  STOP,
  /** A client wants it to be gone. */
  REMOVE,
  /** There is a shim though nobody watches it: of a start or an exit that the daemon died over. */
  SHIM_FOUND,
  /** A daemon that has just begun reads its record. */
  FOUND,
  /** As {@link #FOUND}, and the machine has been restarted since it was made. */
  FOUND_AFTER_REBOOT,
  /** The shim of a container that was {@link #FOUND} is there. */
  SHIM_ANSWERED
}
