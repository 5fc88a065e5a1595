package io.jcri.daemon.pod;

import io.jcri.daemon.life.PodAction;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodLife;
import io.jcri.daemon.life.Transition.Work;
import io.jcri.daemon.record.Registry;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes pods through their life: {@link PodLife} says what has to be done in which order, whoever
 * calls says how. The only way to another phase.
 *
 * <p>Whoever calls holds the pod's lock. Only {@link #see} needs none.
 */
final class PodSteps {
  private final Registry<Pod> pods;

  PodSteps(Registry<Pod> pods) {
    this.pods = pods;
  }

  /**
   * Carries out what an event means for a pod.
   *
   * @param works how the actions are done, except RECORD of a pod that is there
   * @throws io.jcri.daemon.life.ImpossibleEventException before anything was done
   */
  void take(String id, PodEvent event, Map<PodAction, Work> works) throws IOException {
    Map<PodAction, Work> all = new EnumMap<>(PodAction.class);
    all.put(PodAction.RECORD, () -> see(id, event));
    all.putAll(works);
    PodLife.on(pods.get(id).map(Pod::phase), event).perform(all);
  }

  /**
   * Records what an event means for a pod for which nothing has to be done. On the way up a record
   * must be written; what leads downwards goes on without.
   */
  void see(String id, PodEvent event) {
    Optional<Pod> _ =
        event == PodEvent.MADE
            ? pods.update(id, pod -> pod.after(event))
            : pods.updateAnyway(id, pod -> pod.after(event));
  }
}
