package io.jcri.it.faults;

import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A cgroup that the daemon is put into for a while, version 1 or 2.
 *
 * @param folder of the group
 * @param home where its processes belong
 */
record DaemonCgroup(Path folder, Path home) implements AutoCloseable {
  private static final Path TOP = Path.of("/sys/fs/cgroup");
  private static final String NAME = "jct-d" + ProcessHandle.current().pid();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Puts a process into one; empty where the kernel has no such controller to give. */
  static Optional<DaemonCgroup> around(String controller, long pid) throws IOException {
    boolean two = Files.exists(TOP.resolve("cgroup.controllers"));
    Path top = two ? TOP : TOP.resolve(controller);
    if (!Files.isDirectory(top)) {
      return Optional.empty();
    }
    if (two) {
      try {
        Files.writeString(top.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (IOException refused) {
        return Optional.empty();
      }
    }
    Path home = top.resolve(path(two ? "" : controller, pid).substring(1));
    Path folder = Files.createDirectories(top.resolve(NAME));
    DaemonCgroup group = new DaemonCgroup(folder, home);
    group.set("cgroup.procs", Long.toString(pid));
    return Optional.of(group);
  }

  private static String path(String controller, long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (controller.isEmpty()
          ? fields[0].equals("0")
          : List.of(fields[1].split(",")).contains(controller)) {
        return fields[2];
      }
    }
    throw new IOException("no %s cgroup of process %d".formatted(controller, pid));
  }

  long number(String file) throws IOException {
    return Long.parseLong(Files.readString(folder.resolve(file)).strip());
  }

  void set(String file, String value) throws IOException {
    Files.writeString(folder.resolve(file), value);
  }

  /** Has whoever wants more than this many bytes from now on wait. */
  void holdBackAt(long bytes) throws IOException {
    if (Files.exists(folder.resolve("memory.oom_control"))) {
      set("memory.oom_control", "1");
      set("memory.limit_in_bytes", Long.toString(number("memory.usage_in_bytes") + bytes));
    } else {
      set("memory.high", Long.toString(number("memory.current") + bytes));
    }
  }

  void letGo() throws IOException {
    if (Files.exists(folder.resolve("memory.oom_control"))) {
      set("memory.limit_in_bytes", "-1");
    } else {
      set("memory.high", "max");
    }
  }

  /** Moves all that is in it home, and removes it. */
  @Override
  public void close() throws IOException {
    Waiting.until(
        PATIENCE,
        () -> {
          for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
            try {
              Files.writeString(home.resolve("cgroup.procs"), pid);
            } catch (IOException ended) {
              // looked at once more
            }
          }
          try {
            return Files.deleteIfExists(folder);
          } catch (IOException busy) {
            return false;
          }
        },
        () -> "cgroup " + folder + " cannot be removed");
  }
}
