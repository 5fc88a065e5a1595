package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A parent of the cgroups of a run's pods, as a kubelet gives one to each: who looks what is left
 * then sees what this run has left and no other. The runtime makes it; removing it is its asker's.
 *
 * @param name of the group below the top of each hierarchy
 */
public record CgroupParent(String name) implements AutoCloseable {
  private static final Path TOP = Path.of("/sys/fs/cgroup");

  /** One that no other run has, and that {@link Leaks} knows for a test's. */
  public static CgroupParent of(String run) {
    return new CgroupParent("jct-%s%d".formatted(run, ProcessHandle.current().pid()));
  }

  /** As CRI wants it. */
  public String path() {
    return "/" + name;
  }

  /** Removes it where it is. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(TOP.resolve(name));
    try (Stream<Path> hierarchies = Files.list(TOP)) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Files.deleteIfExists(hierarchy.resolve(name));
      }
    }
  }
}
