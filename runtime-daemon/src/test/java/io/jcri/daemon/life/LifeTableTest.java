package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every pair of phase and event, against the tables that are drawn in the classes' comments. */
class LifeTableTest {
  private static final Path SOURCES = Path.of("src/main/java/io/jcri/daemon/life");

  /**
   * The rows that a class's comment draws, one space between words: phase, event, phase, actions.
   */
  private static List<String> drawn(Class<?> life) throws IOException {
    List<String> lines = Files.readAllLines(SOURCES.resolve(life.getSimpleName() + ".java"));
    int begin = lines.indexOf(" * <pre>");
    int end = lines.indexOf(" * </pre>");
    return lines.subList(begin + 2, end).stream()
        .map(line -> line.substring(3).strip().replaceAll(" +", " "))
        .toList();
  }

  private static <P extends Enum<P>> List<Optional<P>> phases(Class<P> type) {
    return Stream.concat(
            Stream.of(Optional.<P>empty()),
            Arrays.stream(type.getEnumConstants()).map(Optional::of))
        .toList();
  }

  /** All rows in the order of the enums; an impossible event must say so, with both names. */
  private static <P extends Enum<P>, E extends Enum<E>, A extends Enum<A>> List<String> rows(
      Class<P> phases, Class<E> events, BiFunction<Optional<P>, E, Transition<P, A>> life) {
    List<String> rows = new ArrayList<>();
    for (Optional<P> phase : phases(phases)) {
      for (E event : events.getEnumConstants()) {
        String pair = Transition.name(phase) + " " + event;
        try {
          rows.add(pair + " " + life.apply(phase, event));
        } catch (ImpossibleEventException e) {
          assertThat(e).hasMessageContainingAll(event.name(), Transition.name(phase));
        }
      }
    }
    return rows;
  }

  @Test
  void everyPairOfAContainersPhaseAndEventIsAsDrawn() throws Exception {
    assertThat(rows(ContainerPhase.class, ContainerEvent.class, ContainerLife::on))
        .containsExactlyInAnyOrderElementsOf(drawn(ContainerLife.class));
  }

  @Test
  void everyPairOfAPodsPhaseAndEventIsAsDrawn() throws Exception {
    assertThat(rows(PodPhase.class, PodEvent.class, PodLife::on))
        .containsExactlyInAnyOrderElementsOf(drawn(PodLife.class));
  }

  @Test
  void aContainerCanWhatItsTableHas() {
    for (ContainerPhase phase : ContainerPhase.values()) {
      for (ContainerEvent event : ContainerEvent.values()) {
        boolean can = ContainerLife.can(phase, event);
        if (can) {
          assertThat(ContainerLife.on(Optional.of(phase), event).from()).contains(phase);
        } else {
          assertThatThrownBy(() -> ContainerLife.on(Optional.of(phase), event))
              .isInstanceOf(ImpossibleEventException.class);
        }
      }
    }
  }

  /** Exactly one action shows each new phase; none that is not new is written again. */
  @Test
  void aNewPhaseIsRecordedOnce() {
    for (Optional<ContainerPhase> phase : phases(ContainerPhase.class)) {
      for (ContainerEvent event : ContainerEvent.values()) {
        if (phase.map(p -> ContainerLife.can(p, event)).orElse(false)) {
          Transition<ContainerPhase, ContainerAction> step = ContainerLife.on(phase, event);
          long shown =
              step.actions().stream()
                  .filter(
                      List.of(
                              ContainerAction.RECORD,
                              ContainerAction.SHOW,
                              ContainerAction.DELETE_RECORD)
                          ::contains)
                  .count();
          assertThat(shown)
              .as("%s %s %s", phase, event, step)
              .isBetween(step.from().equals(step.to()) ? 0L : 1L, 1L);
        }
      }
    }
  }

  @Test
  void actionsAreDoneInOrderUntilOneFails() {
    List<PodAction> done = new ArrayList<>();
    Map<PodAction, Transition.Work> works = new EnumMap<>(PodAction.class);
    for (PodAction action : PodAction.values()) {
      works.put(action, () -> done.add(action));
    }
    works.put(
        PodAction.JOIN_NETWORK,
        () -> {
          throw new IOException("no network");
        });
    assertThatThrownBy(() -> PodLife.on(Optional.empty(), PodEvent.RUN).perform(works))
        .isInstanceOf(IOException.class)
        .hasMessage("no network");
    assertThat(done).containsExactly(PodAction.RECORD, PodAction.MAKE_SANDBOX);
  }

  @Test
  void nothingIsDoneWhenSomethingCanNotBeDone() {
    Map<PodAction, Transition.Work> works =
        Map.of(
            PodAction.RECORD,
            () -> {
              throw new UncheckedIOException(new IOException("was done"));
            });
    assertThatThrownBy(() -> PodLife.on(Optional.empty(), PodEvent.RUN).perform(works))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("MAKE_SANDBOX");
  }
}
