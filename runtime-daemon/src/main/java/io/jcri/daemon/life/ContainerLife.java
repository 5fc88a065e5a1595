package io.jcri.daemon.life;

import static io.jcri.daemon.life.ContainerAction.ASK_SHIM;
import static io.jcri.daemon.life.ContainerAction.DELETE_FILES;
import static io.jcri.daemon.life.ContainerAction.DELETE_RECORD;
import static io.jcri.daemon.life.ContainerAction.FORCE_DELETE;
import static io.jcri.daemon.life.ContainerAction.FORGET_CHECKPOINT;
import static io.jcri.daemon.life.ContainerAction.KILL;
import static io.jcri.daemon.life.ContainerAction.LAUNCH_SHIM;
import static io.jcri.daemon.life.ContainerAction.LET_GO;
import static io.jcri.daemon.life.ContainerAction.LOOK_FOR_SHIM;
import static io.jcri.daemon.life.ContainerAction.MOUNT_ROOT;
import static io.jcri.daemon.life.ContainerAction.RECORD;
import static io.jcri.daemon.life.ContainerAction.RELEASE_NAME;
import static io.jcri.daemon.life.ContainerAction.RELEASE_ROOT;
import static io.jcri.daemon.life.ContainerAction.ROLL_BACK;
import static io.jcri.daemon.life.ContainerAction.RUN;
import static io.jcri.daemon.life.ContainerAction.SHOW;
import static io.jcri.daemon.life.ContainerAction.SIGNAL;
import static io.jcri.daemon.life.ContainerAction.TAKE_EXIT;
import static io.jcri.daemon.life.ContainerAction.WATCH_SHIM;
import static io.jcri.daemon.life.ContainerAction.WRITE_CONFIG;
import static io.jcri.daemon.life.ContainerEvent.CREATE;
import static io.jcri.daemon.life.ContainerEvent.EXIT;
import static io.jcri.daemon.life.ContainerEvent.FOUND;
import static io.jcri.daemon.life.ContainerEvent.FOUND_AFTER_REBOOT;
import static io.jcri.daemon.life.ContainerEvent.MADE;
import static io.jcri.daemon.life.ContainerEvent.MAKING_FAILED;
import static io.jcri.daemon.life.ContainerEvent.REMOVE;
import static io.jcri.daemon.life.ContainerEvent.SHIM_ANSWERED;
import static io.jcri.daemon.life.ContainerEvent.SHIM_FOUND;
import static io.jcri.daemon.life.ContainerEvent.SHIM_LOST;
import static io.jcri.daemon.life.ContainerEvent.SHIM_REPLACED;
import static io.jcri.daemon.life.ContainerEvent.SHIM_SILENT;
import static io.jcri.daemon.life.ContainerEvent.START;
import static io.jcri.daemon.life.ContainerEvent.STARTED;
import static io.jcri.daemon.life.ContainerEvent.START_FAILED;
import static io.jcri.daemon.life.ContainerEvent.STOP;
import static io.jcri.daemon.life.ContainerPhase.CREATED;
import static io.jcri.daemon.life.ContainerPhase.CREATING;
import static io.jcri.daemon.life.ContainerPhase.EXITED;
import static io.jcri.daemon.life.ContainerPhase.RUNNING;
import static io.jcri.daemon.life.ContainerPhase.UNKNOWN;

import java.util.Optional;

/**
 * The life of a container, from the request to the last file. A pair of phase and event that is not
 * here can't happen.
 *
 * <pre>
 * phase    event              to       actions, in this order
 * -        CREATE             CREATING RECORD MOUNT_ROOT WRITE_CONFIG
 * -        MAKING_FAILED      -        RELEASE_NAME
 * -        STOP               -
 * -        REMOVE             -
 * CREATING MADE               CREATED  RECORD
 * CREATING MAKING_FAILED      -        DELETE_FILES RELEASE_ROOT DELETE_RECORD RELEASE_NAME
 * CREATING STOP               CREATING
 * CREATING REMOVE             -        DELETE_FILES RELEASE_ROOT DELETE_RECORD RELEASE_NAME
 * CREATING FOUND              CREATING SHOW ROLL_BACK
 * CREATING FOUND_AFTER_REBOOT CREATING SHOW ROLL_BACK
 * CREATED  MAKING_FAILED      -        DELETE_FILES RELEASE_ROOT DELETE_RECORD RELEASE_NAME
 * CREATED  START              CREATED  LAUNCH_SHIM RUN
 * CREATED  STARTED            RUNNING  RECORD WATCH_SHIM FORGET_CHECKPOINT
 * CREATED  START_FAILED       EXITED   LET_GO FORGET_CHECKPOINT RECORD
 * CREATED  SHIM_FOUND         EXITED   RECORD LET_GO FORCE_DELETE
 * CREATED  STOP               CREATED
 * CREATED  REMOVE             -        DELETE_FILES RELEASE_ROOT DELETE_RECORD RELEASE_NAME
 * CREATED  FOUND              CREATED  SHOW LOOK_FOR_SHIM
 * CREATED  FOUND_AFTER_REBOOT EXITED   RECORD
 * RUNNING  START_FAILED       EXITED   LET_GO FORGET_CHECKPOINT RECORD
 * RUNNING  EXIT               EXITED   RECORD LET_GO
 * RUNNING  SHIM_LOST          EXITED   TAKE_EXIT FORCE_DELETE RECORD LET_GO
 * RUNNING  SHIM_REPLACED      RUNNING  LAUNCH_SHIM RECORD WATCH_SHIM
 * RUNNING  SHIM_SILENT        EXITED   KILL RECORD FORCE_DELETE
 * RUNNING  STOP               RUNNING  SIGNAL
 * RUNNING  FOUND              UNKNOWN  SHOW ASK_SHIM
 * RUNNING  FOUND_AFTER_REBOOT EXITED   RECORD
 * UNKNOWN  SHIM_ANSWERED      RUNNING  RECORD WATCH_SHIM
 * UNKNOWN  EXIT               EXITED   RECORD LET_GO
 * UNKNOWN  SHIM_LOST          EXITED   FORCE_DELETE RECORD
 * UNKNOWN  SHIM_REPLACED      RUNNING  LAUNCH_SHIM RECORD WATCH_SHIM
 * UNKNOWN  STOP               EXITED   KILL FORCE_DELETE RECORD
 * UNKNOWN  FOUND              UNKNOWN  SHOW ASK_SHIM
 * UNKNOWN  FOUND_AFTER_REBOOT EXITED   RECORD
 * EXITED   SHIM_FOUND         EXITED   LET_GO
 * EXITED   STOP               EXITED
 * EXITED   REMOVE             -        DELETE_FILES RELEASE_ROOT DELETE_RECORD RELEASE_NAME
 * EXITED   FOUND              EXITED   SHOW LOOK_FOR_SHIM
 * EXITED   FOUND_AFTER_REBOOT EXITED   SHOW LOOK_FOR_SHIM
 * </pre>
 *
 * <p>Why in this order: the record comes before anything that it has to tell of, and goes after all
 * of that. An exit is recorded before the shim may forget it. A start is not recorded before it has
 * succeeded, so a CREATED container with a shim is one whose start a daemon has died over: it goes
 * on, or is recorded as ended before its shim goes, since nothing may run twice.
 */
public final class ContainerLife {
  private static final LifeTable<ContainerPhase, ContainerEvent, ContainerAction> TABLE =
      new LifeTable<ContainerPhase, ContainerEvent, ContainerAction>()
          .begin(CREATE, CREATING, RECORD, MOUNT_ROOT, WRITE_CONFIG)
          .absent(MAKING_FAILED, RELEASE_NAME)
          .absent(STOP)
          .absent(REMOVE)
          // in the making
          .step(CREATING, MADE, CREATED, RECORD)
          .end(CREATING, MAKING_FAILED, DELETE_FILES, RELEASE_ROOT, DELETE_RECORD, RELEASE_NAME)
          .step(CREATING, STOP, CREATING)
          .end(CREATING, REMOVE, DELETE_FILES, RELEASE_ROOT, DELETE_RECORD, RELEASE_NAME)
          .step(CREATING, FOUND, CREATING, SHOW, ROLL_BACK)
          .step(CREATING, FOUND_AFTER_REBOOT, CREATING, SHOW, ROLL_BACK)
          // could be started
          .end(CREATED, MAKING_FAILED, DELETE_FILES, RELEASE_ROOT, DELETE_RECORD, RELEASE_NAME)
          .step(CREATED, START, CREATED, LAUNCH_SHIM, RUN)
          .step(CREATED, STARTED, RUNNING, RECORD, WATCH_SHIM, FORGET_CHECKPOINT)
          .step(CREATED, START_FAILED, EXITED, LET_GO, FORGET_CHECKPOINT, RECORD)
          .step(CREATED, SHIM_FOUND, EXITED, RECORD, LET_GO, FORCE_DELETE)
          .step(CREATED, STOP, CREATED)
          .end(CREATED, REMOVE, DELETE_FILES, RELEASE_ROOT, DELETE_RECORD, RELEASE_NAME)
          .step(CREATED, FOUND, CREATED, SHOW, LOOK_FOR_SHIM)
          .step(CREATED, FOUND_AFTER_REBOOT, EXITED, RECORD)
          // runs
          .step(RUNNING, START_FAILED, EXITED, LET_GO, FORGET_CHECKPOINT, RECORD)
          .step(RUNNING, EXIT, EXITED, RECORD, LET_GO)
          .step(RUNNING, SHIM_LOST, EXITED, TAKE_EXIT, FORCE_DELETE, RECORD, LET_GO)
          .step(RUNNING, SHIM_REPLACED, RUNNING, LAUNCH_SHIM, RECORD, WATCH_SHIM)
          .step(RUNNING, SHIM_SILENT, EXITED, KILL, RECORD, FORCE_DELETE)
          .step(RUNNING, STOP, RUNNING, SIGNAL)
          .step(RUNNING, FOUND, UNKNOWN, SHOW, ASK_SHIM)
          .step(RUNNING, FOUND_AFTER_REBOOT, EXITED, RECORD)
          // may run
          .step(UNKNOWN, SHIM_ANSWERED, RUNNING, RECORD, WATCH_SHIM)
          .step(UNKNOWN, EXIT, EXITED, RECORD, LET_GO)
          .step(UNKNOWN, SHIM_LOST, EXITED, FORCE_DELETE, RECORD)
          .step(UNKNOWN, SHIM_REPLACED, RUNNING, LAUNCH_SHIM, RECORD, WATCH_SHIM)
          .step(UNKNOWN, STOP, EXITED, KILL, FORCE_DELETE, RECORD)
          .step(UNKNOWN, FOUND, UNKNOWN, SHOW, ASK_SHIM)
          .step(UNKNOWN, FOUND_AFTER_REBOOT, EXITED, RECORD)
          // has ended
          .step(EXITED, SHIM_FOUND, EXITED, LET_GO)
          .step(EXITED, STOP, EXITED)
          .end(EXITED, REMOVE, DELETE_FILES, RELEASE_ROOT, DELETE_RECORD, RELEASE_NAME)
          .step(EXITED, FOUND, EXITED, SHOW, LOOK_FOR_SHIM)
          .step(EXITED, FOUND_AFTER_REBOOT, EXITED, SHOW, LOOK_FOR_SHIM);

  private ContainerLife() {}

  /**
   * What an event means for a container.
   *
   * @param phase empty of a container that isn't there
   * @throws ImpossibleEventException when it can't happen in this phase
   */
  public static Transition<ContainerPhase, ContainerAction> on(
      Optional<ContainerPhase> phase, ContainerEvent event) {
    return TABLE.on(phase, event);
  }

  /** Whether the event can happen in this phase; a client that asks for another is refused. */
  public static boolean can(ContainerPhase phase, ContainerEvent event) {
    return TABLE.can(Optional.of(phase), event);
  }
}
