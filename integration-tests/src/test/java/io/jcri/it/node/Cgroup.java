package io.jcri.it.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The cgroup files of a running container (v1 or v2), read by hand. */
public final class Cgroup {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private Cgroup() {}

  /** Whether version 2 has the controllers. */
  public static boolean unified() {
    return Files.exists(CGROUPS.resolve("cgroup.controllers"));
  }

  /** What a file of the container's group holds: {@code v1} or {@code v2}, as the host has it. */
  public static String read(TestContainer container, String controller, String v1, String v2)
      throws IOException {
    return Files.readString(file(container, controller, v1, v2)).strip();
  }

  /** Where that file is. */
  public static Path file(TestContainer container, String controller, String v1, String v2)
      throws IOException {
    return file(container.pid(), controller, v1, v2);
  }

  /** The same for any process. */
  public static Path file(long process, String controller, String v1, String v2)
      throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (unified() && fields[1].isEmpty()) {
        return Path.of(CGROUPS + fields[2], v2);
      }
      if (!unified() && List.of(fields[1].split(",", -1)).contains(controller)) {
        return Path.of(CGROUPS + "/" + controller + fields[2], v1);
      }
    }
    throw new AssertionError("no cgroup of " + controller);
  }
}
