package io.jcri.it.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Looks whether anything was lost in a round, or left behind by it. */
final class Judge {
  /**
   * How long what failed may take to be rolled back: what a plugin did not undo is tried again once
   * a minute.
   */
  static final Duration LIMIT = Duration.ofSeconds(75);

  /**
   * What a client that repeats its call must never be told. That its channel is closed it says of
   * itself, when its daemon was killed in the middle of a call's beginning.
   */
  private static final Pattern FORBIDDEN =
      Pattern.compile("reserved|NullPointer|Exception|UNKNOWN:(?! channel closed$)");

  private final Leftovers leftovers;

  /** Takes the node as it is now, with no pods, for how it should be after each round. */
  Judge(NodeUnderFaults node) throws IOException {
    this.leftovers = new Leftovers(node);
  }

  /** What is wrong after a round, a line each. */
  List<String> look(Excuses excuses, List<PodCourse> pods, List<Course> courses)
      throws IOException, InterruptedException {
    List<String> wrong = new ArrayList<>();
    for (Course course : courses) {
      wrong.addAll(course.complaints());
      course.errors().stream()
          .filter(error -> FORBIDDEN.matcher(error).find())
          .forEach(error -> wrong.add("a call was told: " + error));
    }
    for (PodCourse course : pods) {
      wrong.addAll(course.unstarted());
      for (ContainerCourse container : course.containers()) {
        String loss =
            container.loss(excuses.isHarmed(container.id()), excuses.isKilled(container.id()));
        if (loss != null) {
          wrong.add("container %s (%s): %s".formatted(container.id(), container.program(), loss));
        }
      }
    }
    leftovers.await(LIMIT).forEach(each -> wrong.add("left behind: " + each));
    return wrong;
  }
}
