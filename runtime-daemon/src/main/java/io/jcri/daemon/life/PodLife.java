package io.jcri.daemon.life;

import static io.jcri.daemon.life.PodAction.DELETE_FILES;
import static io.jcri.daemon.life.PodAction.DELETE_RECORD;
import static io.jcri.daemon.life.PodAction.END_SANDBOX;
import static io.jcri.daemon.life.PodAction.END_SANDBOX_CONTAINER;
import static io.jcri.daemon.life.PodAction.JOIN_NETWORK;
import static io.jcri.daemon.life.PodAction.LEAVE_NETWORK;
import static io.jcri.daemon.life.PodAction.MAKE_SANDBOX;
import static io.jcri.daemon.life.PodAction.RECORD;
import static io.jcri.daemon.life.PodAction.RELEASE_NAME;
import static io.jcri.daemon.life.PodAction.ROLL_BACK;
import static io.jcri.daemon.life.PodAction.START_SANDBOX_CONTAINER;
import static io.jcri.daemon.life.PodAction.WATCH_SANDBOX;
import static io.jcri.daemon.life.PodAction.WRITE_FILES;
import static io.jcri.daemon.life.PodEvent.FOUND;
import static io.jcri.daemon.life.PodEvent.FOUND_DEAD;
import static io.jcri.daemon.life.PodEvent.MADE;
import static io.jcri.daemon.life.PodEvent.MAKING_FAILED;
import static io.jcri.daemon.life.PodEvent.REMOVE;
import static io.jcri.daemon.life.PodEvent.RUN;
import static io.jcri.daemon.life.PodEvent.SANDBOX_ENDED;
import static io.jcri.daemon.life.PodEvent.STOP;
import static io.jcri.daemon.life.PodEvent.STOPPING;
import static io.jcri.daemon.life.PodEvent.UNDO_FAILED;
import static io.jcri.daemon.life.PodPhase.CREATING;
import static io.jcri.daemon.life.PodPhase.NOT_READY;
import static io.jcri.daemon.life.PodPhase.READY;

import java.util.Optional;

/**
 * The life of a pod, from the request to the last file. A pair of phase and event that is not here
 * can't happen.
 *
 * <pre>
 * phase     event         to        actions, in this order
 * -         RUN           CREATING  RECORD MAKE_SANDBOX JOIN_NETWORK WRITE_FILES START_SANDBOX_CONTAINER
 * -         MAKING_FAILED -         RELEASE_NAME
 * -         UNDO_FAILED   -
 * -         STOPPING      -
 * -         STOP          -
 * -         SANDBOX_ENDED -
 * -         REMOVE        -
 * CREATING  MADE          READY     RECORD WATCH_SANDBOX
 * CREATING  MAKING_FAILED -         END_SANDBOX_CONTAINER LEAVE_NETWORK END_SANDBOX DELETE_FILES DELETE_RECORD RELEASE_NAME
 * CREATING  UNDO_FAILED   NOT_READY RECORD
 * CREATING  STOPPING      CREATING
 * CREATING  STOP          NOT_READY RECORD END_SANDBOX_CONTAINER LEAVE_NETWORK END_SANDBOX
 * CREATING  SANDBOX_ENDED CREATING
 * CREATING  FOUND         CREATING  ROLL_BACK
 * CREATING  FOUND_DEAD    CREATING  ROLL_BACK
 * READY     UNDO_FAILED   NOT_READY RECORD
 * READY     STOPPING      NOT_READY RECORD
 * READY     STOP          NOT_READY RECORD END_SANDBOX_CONTAINER LEAVE_NETWORK END_SANDBOX
 * READY     SANDBOX_ENDED NOT_READY RECORD
 * READY     FOUND         READY     WATCH_SANDBOX
 * READY     FOUND_DEAD    NOT_READY RECORD
 * NOT_READY MAKING_FAILED -         END_SANDBOX_CONTAINER LEAVE_NETWORK END_SANDBOX DELETE_FILES DELETE_RECORD RELEASE_NAME
 * NOT_READY UNDO_FAILED   NOT_READY
 * NOT_READY STOPPING      NOT_READY
 * NOT_READY STOP          NOT_READY END_SANDBOX_CONTAINER LEAVE_NETWORK END_SANDBOX
 * NOT_READY SANDBOX_ENDED NOT_READY
 * NOT_READY REMOVE        -         DELETE_FILES DELETE_RECORD RELEASE_NAME
 * NOT_READY FOUND         NOT_READY
 * NOT_READY FOUND_DEAD    NOT_READY
 * </pre>
 *
 * <p>Why in this order: the record comes before anything that it has to tell of, and goes after all
 * of that; a pod is not ready any more before what runs of it is taken away, so one that fails when
 * it is ready already is STOPPING first. One in the making is left to its creation, which holds its
 * lock, by whoever sees it end.
 */
public final class PodLife {
  private static final LifeTable<PodPhase, PodEvent, PodAction> TABLE =
      new LifeTable<PodPhase, PodEvent, PodAction>()
          .begin(
              RUN,
              CREATING,
              RECORD,
              MAKE_SANDBOX,
              JOIN_NETWORK,
              WRITE_FILES,
              START_SANDBOX_CONTAINER)
          .absent(MAKING_FAILED, RELEASE_NAME)
          .absent(UNDO_FAILED)
          .absent(STOPPING)
          .absent(STOP)
          .absent(SANDBOX_ENDED)
          .absent(REMOVE)
          // in the making
          .step(CREATING, MADE, READY, RECORD, WATCH_SANDBOX)
          .end(CREATING, MAKING_FAILED, undo())
          .step(CREATING, UNDO_FAILED, NOT_READY, RECORD)
          .step(CREATING, STOPPING, CREATING)
          .step(
              CREATING, STOP, NOT_READY, RECORD, END_SANDBOX_CONTAINER, LEAVE_NETWORK, END_SANDBOX)
          .step(CREATING, SANDBOX_ENDED, CREATING)
          .step(CREATING, FOUND, CREATING, ROLL_BACK)
          .step(CREATING, FOUND_DEAD, CREATING, ROLL_BACK)
          // takes containers
          .step(READY, UNDO_FAILED, NOT_READY, RECORD)
          .step(READY, STOPPING, NOT_READY, RECORD)
          .step(READY, STOP, NOT_READY, RECORD, END_SANDBOX_CONTAINER, LEAVE_NETWORK, END_SANDBOX)
          .step(READY, SANDBOX_ENDED, NOT_READY, RECORD)
          .step(READY, FOUND, READY, WATCH_SANDBOX)
          .step(READY, FOUND_DEAD, NOT_READY, RECORD)
          // takes none any more
          .end(NOT_READY, MAKING_FAILED, undo())
          .step(NOT_READY, UNDO_FAILED, NOT_READY)
          .step(NOT_READY, STOPPING, NOT_READY)
          .step(NOT_READY, STOP, NOT_READY, END_SANDBOX_CONTAINER, LEAVE_NETWORK, END_SANDBOX)
          .step(NOT_READY, SANDBOX_ENDED, NOT_READY)
          .end(NOT_READY, REMOVE, DELETE_FILES, DELETE_RECORD, RELEASE_NAME)
          .step(NOT_READY, FOUND, NOT_READY)
          .step(NOT_READY, FOUND_DEAD, NOT_READY);

  private PodLife() {}

  private static PodAction[] undo() {
    return new PodAction[] {
      END_SANDBOX_CONTAINER, LEAVE_NETWORK, END_SANDBOX, DELETE_FILES, DELETE_RECORD, RELEASE_NAME
    };
  }

  /**
   * What an event means for a pod.
   *
   * @param phase empty of a pod that isn't there
   * @throws ImpossibleEventException when it can't happen in this phase
   */
  public static Transition<PodPhase, PodAction> on(Optional<PodPhase> phase, PodEvent event) {
    return TABLE.on(phase, event);
  }
}
