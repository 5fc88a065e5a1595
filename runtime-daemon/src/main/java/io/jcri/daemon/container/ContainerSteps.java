package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Meter;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.Transition.Work;
import io.jcri.daemon.record.Registry;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Takes containers through their life: {@link ContainerLife} says what has to be done in which
 * order, whoever calls says how. The only way to another phase.
 *
 * <p>Whoever calls holds the container's lock.
 */
public final class ContainerSteps {
  private final Registry<Container> containers;

  public ContainerSteps(Registry<Container> containers) {
    this.containers = containers;
  }

  /** As below, when nothing is known of the container but its phase. */
  void take(String id, ContainerEvent event, Map<ContainerAction, Work> works) throws IOException {
    take(id, event, container -> container, works);
  }

  /**
   * Carries out what an event means for a container.
   *
   * @param facts what is known of it from now on, added to the record with the new phase
   * @param works how the actions are done, except RECORD of a container that is there
   * @throws io.jcri.daemon.life.ImpossibleEventException before anything was done
   */
  void take(
      String id,
      ContainerEvent event,
      UnaryOperator<Container> facts,
      Map<ContainerAction, Work> works)
      throws IOException {
    Map<ContainerAction, Work> all = new EnumMap<>(ContainerAction.class);
    all.put(ContainerAction.RECORD, () -> record(id, event, facts));
    all.putAll(works);
    ContainerLife.on(containers.get(id).map(Container::phase), event).perform(all);
  }

  /** As above, of an end: no work but what has no checked failures. */
  void end(String id, ContainerEvent event, Ending ending, Map<ContainerAction, Work> works) {
    try {
      take(id, event, container -> container.withExit(ending.exit()), works);
    } catch (IOException e) {
      throw Failures.unchecked(e, "end of container " + id);
    }
  }

  /** On the way up a record must be written; what leads downwards goes on without. */
  private void record(String id, ContainerEvent event, UnaryOperator<Container> facts) {
    UnaryOperator<Container> change = container -> facts.apply(container.after(event));
    boolean ended = containers.get(id).flatMap(Container::exit).isPresent();
    Optional<Container> now =
        switch (event) {
          case MADE, STARTED -> containers.update(id, change);
          default -> containers.updateAnyway(id, change);
        };
    if (!ended) {
      now.flatMap(Container::exit).ifPresent(exit -> Meter.now().exited(exit.reason()));
    }
  }

  /** Carries out what it means that a container was found after a restart of the daemon. */
  public void takeUp(
      Container found,
      ContainerEvent event,
      UnaryOperator<Container> facts,
      Map<ContainerAction, Work> works)
      throws IOException {
    Map<ContainerAction, Work> all = new EnumMap<>(works);
    all.put(ContainerAction.SHOW, () -> containers.addLoaded(found.after(event)));
    all.put(
        ContainerAction.RECORD,
        () -> {
          containers.addLoaded(found);
          record(found.id(), event, facts);
        });
    ContainerLife.on(Optional.of(found.phase()), event).perform(all);
  }
}
