package io.jcri.daemon.life;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step of a life. The object is in its old phase until the action that shows or records the new
 * one is done: when an action before that fails, or the daemon dies over it, nothing has happened
 * that can't be repeated or undone from the old phase.
 *
 * @param <P> the phases
 * @param <A> the actions
 * @param from the phase before, empty of what isn't there yet
 * @param to the phase after, empty of what is there no more
 * @param actions what has to be done, in this order
 */
public record Transition<P extends Enum<P>, A extends Enum<A>>(
    Optional<P> from, Optional<P> to, List<A> actions) {

  /** How an action is carried out. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }

  public Transition {
    actions = List.copyOf(actions);
  }

  /**
   * Carries the actions out in their order; the first that fails is the last.
   *
   * @param works one for each action, and possibly for others
   * @throws IllegalStateException when an action has no work; none has been carried out then
   */
  public void perform(Map<A, Work> works) throws IOException {
    List<Work> inOrder = new ArrayList<>();
    for (A action : actions) {
      @Nullable Work work = works.get(action);
      if (work == null) {
        throw new IllegalStateException(
            "who does %s does not know how to do %s".formatted(works.keySet(), action));
      }
      inOrder.add(work);
    }
    for (Work work : inOrder) {
      work.run();
    }
  }

  static String name(Optional<? extends Enum<?>> phase) {
    return phase.map(Enum::name).orElse("-");
  }

  /** The step as a row of the tables that are drawn in the comments, after its event. */
  @Override
  public String toString() {
    StringBuilder row = new StringBuilder(name(to));
    actions.forEach(action -> row.append(' ').append(action));
    return row.toString();
  }
}
