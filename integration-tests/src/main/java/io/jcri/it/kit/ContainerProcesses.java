package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the processes that only a container runtime makes. */
final class ContainerProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final List<String> NAMESPACES = List.of("mnt", "net", "ipc", "uts", "pid");

  /** Where systemd puts the machine's own services, some of which have namespaces of their own. */
  private static final Pattern SERVICE =
      Pattern.compile("(?m)^\\d+:[^:]*:/system\\.slice/[^/]+\\.service(/.*)?$");

  private ContainerProcesses() {}

  /**
   * Returns the processes that live in other namespaces and another cgroup than this one, as those
   * of every container do, and those whose name says that they serve a container; zombies too, but
   * for those that only the machine's init has still to reap, which are as good as gone. Somebody
   * else's {@code unshare} is in our cgroup or was there before.
   */
  static Set<String> list() throws IOException {
    Set<String> processes = new TreeSet<>();
    List<Path> folders;
    try (Stream<Path> list = Files.list(PROC)) {
      folders = list.filter(path -> path.getFileName().toString().matches("\\d+")).toList();
    }
    for (Path folder : folders) {
      describe(folder).ifPresent(processes::add);
    }
    return processes;
  }

  private static Optional<String> describe(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean leftToInit = rest[0].equals("Z") && rest[1].equals("1");
      if (leftToInit || (!serves(name) && !looksContained(process))) {
        return Optional.empty();
      }
      // With the time of its start (field 22), so that a reused pid is another process.
      return Optional.of(
          "%s %s (state %s, started %s)".formatted(process.getFileName(), name, rest[0], rest[19]));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  private static boolean serves(String name) {
    return name.startsWith("jcri-") || name.startsWith("runc") || name.startsWith("crun");
  }

  private static boolean looksContained(Path process) throws IOException {
    return inAnotherCgroup(process) && livesElsewhere(process) && !isService(process);
  }

  /** In most of the hierarchies: whoever runs us may have put us in a group in one of them. */
  private static boolean inAnotherCgroup(Path process) throws IOException {
    List<String> theirs = Files.readAllLines(process.resolve("cgroup"));
    List<String> ours = Files.readAllLines(PROC.resolve("self/cgroup"));
    return 2 * theirs.stream().filter(ours::contains).count() < theirs.size();
  }

  private static boolean isService(Path process) throws IOException {
    return SERVICE.matcher(Files.readString(process.resolve("cgroup"))).find();
  }

  private static boolean livesElsewhere(Path process) {
    for (String namespace : NAMESPACES) {
      try {
        Path theirs = Files.readSymbolicLink(process.resolve("ns").resolve(namespace));
        if (!theirs.equals(Files.readSymbolicLink(PROC.resolve("self/ns").resolve(namespace)))) {
          return true;
        }
      } catch (IOException zombieOrEnded) {
        return false;
      }
    }
    return false;
  }
}
