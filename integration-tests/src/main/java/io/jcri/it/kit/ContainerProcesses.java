package io.jcri.it.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the processes that a container runtime under test has made. */
final class ContainerProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final List<String> NAMESPACES = List.of("mnt", "net", "ipc", "uts", "pid");

  /** Where systemd puts the machine's own services, some of which have namespaces of their own. */
  private static final Pattern SERVICE =
      Pattern.compile("(?m)^\\d+:[^:]*:/system\\.slice/[^/]+\\.service(/.*)?$");

  /** What the names of the programs begin with that containers are run by. */
  private static final List<String> SERVING =
      List.of("jcri-", "runc", "crun", "runsc", "containerd-shim");

  private static final Set<String> EVERY_CONTAINERS =
      Set.of("/", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm");

  private ContainerProcesses() {}

  /**
   * Returns the processes that live in other namespaces and another cgroup than this one, as those
   * of every container do, and those whose name says that they serve a container; zombies too, but
   * for those that only the machine's init has still to reap, which are as good as gone. Those of
   * other runtimes on the machine are left out: neither their program, nor their command line,
   * cgroup or mounts are this run's.
   */
  static Set<String> list() throws IOException {
    Set<Object> programs = OwnMarks.programs();
    Set<String> processes = new TreeSet<>();
    List<Path> folders;
    try (Stream<Path> list = Files.list(PROC)) {
      folders = list.filter(path -> path.getFileName().toString().matches("\\d+")).toList();
    }
    for (Path folder : folders) {
      describe(folder, programs).ifPresent(processes::add);
    }
    return processes;
  }

  private static Optional<String> describe(Path process, Set<Object> programs) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean zombie = rest[0].equals("Z");
      boolean leftToInit = zombie && rest[1].equals("1");
      if (leftToInit
          || (!serves(name) && !serves(programOf(process)) && !looksContained(process))) {
        return Optional.empty();
      }
      // A zombie tells nothing any more: it is whose it is to reap.
      if (!isOwn(process, programs) && !(zombie && isOwn(PROC.resolve(rest[1]), programs))) {
        return Optional.empty();
      }
      // With the time of its start (field 22), so that a reused pid is another process.
      return Optional.of(
          "%s %s (state %s, started %s)".formatted(process.getFileName(), name, rest[0], rest[19]));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /** Whether a process, which may have ended meanwhile, is of this run. */
  static boolean isOwn(Path process, Set<Object> programs) {
    return contains(process.resolve("cmdline"))
        || contains(process.resolve("cgroup"))
        || standsOnOurs(process)
        || runs(process, programs);
  }

  private static boolean contains(Path file) {
    try {
      return OwnMarks.in(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException zombieOrEnded) {
      return false;
    }
  }

  /**
   * Whether its root or what every container of a pod has is from our folders. Elsewhere in its
   * mounts these may be seen by anybody's containers that have the host's.
   */
  private static boolean standsOnOurs(Path process) {
    try {
      return Files.readAllLines(process.resolve("mountinfo"), StandardCharsets.ISO_8859_1).stream()
          .filter(line -> EVERY_CONTAINERS.contains(line.split(" ", -1)[4]))
          .anyMatch(OwnMarks::in);
    } catch (IOException zombieOrEnded) {
      return false;
    }
  }

  private static boolean runs(Path process, Set<Object> programs) {
    try {
      return programs.contains(OwnMarks.key(process.resolve("exe")));
    } catch (IOException zombieOrEnded) {
      return false;
    }
  }

  private static boolean serves(String name) {
    return SERVING.stream().anyMatch(name::startsWith);
  }

  /** What it calls itself: runsc starts itself by a link, so its processes' names tell nothing. */
  private static String programOf(Path process) throws IOException {
    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    int end = line.indexOf(0);
    return end < 0 ? line : line.substring(0, end);
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
