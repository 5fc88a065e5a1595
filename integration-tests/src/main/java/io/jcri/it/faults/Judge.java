package io.jcri.it.faults;

import io.jcri.it.kit.Leaks;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Looks whether anything was lost in a round, or left behind by it. */
final class Judge {
  /**
   * How long what failed may take to be rolled back: what a plugin did not undo is tried again once
   * a minute.
   */
  private static final Duration LIMIT = Duration.ofSeconds(75);

  /** Deep enough for what is made for each pod and container, not for what layers contain. */
  private static final int DEPTH = 3;

  /** What a client that repeats its call must never be told. */
  private static final Pattern FORBIDDEN =
      Pattern.compile("reserved|NullPointer|Exception|UNKNOWN:");

  private final FaultNode node;
  private final Leaks kernel;
  private final Set<String> files;

  /** Takes the node as it is now, with no pods, for how it should be after each round. */
  Judge(FaultNode node) throws IOException {
    this.node = node;
    this.kernel = Leaks.look();
    this.files = files();
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
    wrong.addAll(left());
    return wrong;
  }

  /** What is left behind after a while. */
  private List<String> left() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<String> left = new ArrayList<>();
      files().stream().filter(file -> !files.contains(file)).forEach(left::add);
      node.leases().forEach(lease -> left.add("lease " + lease));
      if (left.isEmpty()) {
        left.addAll(Leaks.look().since(kernel));
      }
      if (left.isEmpty() || System.nanoTime() - deadline > 0) {
        return left.stream().map(each -> "left behind: " + each).toList();
      }
      Thread.sleep(Duration.ofMillis(20));
    }
  }

  /** The folder of a runtime's own state, which is made when the runtime is first asked. */
  private boolean isRuntimes(Path folder) {
    return node.daemon().state().resolve("runtime").equals(folder.getParent());
  }

  private Set<String> files() throws IOException {
    Set<String> found = new TreeSet<>();
    for (Path folder : List.of(node.daemon().root(), node.daemon().state())) {
      Files.walkFileTree(
          folder,
          Set.of(),
          DEPTH,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              found.add("file " + file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path folder, @org.jspecify.annotations.Nullable IOException gone) {
              if (!isRuntimes(folder)) {
                found.add("folder " + folder);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return found;
  }
}
