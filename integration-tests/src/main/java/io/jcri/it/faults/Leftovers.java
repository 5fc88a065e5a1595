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

/** What pods leave behind: files of their runtime's, addresses, and what {@link Leaks} finds. */
final class Leftovers {
  /** Deep enough for what is made for each pod and container, not for what layers contain. */
  private static final int DEPTH = 3;

  private final NodeUnderFaults node;
  private final Leaks kernel;
  private final Set<String> files;

  /** Takes the node as it is now, with no pods, for how it should be. */
  Leftovers(NodeUnderFaults node) throws IOException {
    this.node = node;
    this.kernel = Leaks.look();
    this.files = files();
  }

  /**
   * Looks until nothing is left, and after {@code patience} once more.
   *
   * @return what is left then, a line each that begins with its kind
   */
  List<String> await(Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      List<String> left = new ArrayList<>();
      files().stream().filter(file -> !files.contains(file)).forEach(left::add);
      node.leases().forEach(lease -> left.add("lease " + lease));
      boolean over = System.nanoTime() - deadline > 0;
      if (left.isEmpty() || over) {
        left.addAll(Leaks.look().since(kernel));
      }
      if (left.isEmpty() || over) {
        return left;
      }
      Thread.sleep(Duration.ofMillis(20));
    }
  }

  /** The folder of a runtime's own state, which is made when the runtime is first asked. */
  private boolean isRuntimes(Path folder) {
    return node.folders().stream()
        .anyMatch(each -> each.resolve("runtime").equals(folder.getParent()));
  }

  private Set<String> files() throws IOException {
    Set<String> found = new TreeSet<>();
    for (Path folder : node.folders()) {
      Files.walkFileTree(
          folder,
          Set.of(),
          DEPTH,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              found.add((attributes.isOther() ? "socket " : "file ") + file);
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
