package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What pods leave in a kernel: mounts, network namespaces, cgroups, processes, network links,
 * leases and NAT rules of CNI plugins. Taken before and after a test, the difference is what it
 * leaked. Only what this run of tests has made counts, by {@link OwnMarks}: others may run pods on
 * the machine.
 */
public record Leaks(Map<Kind, Set<String>> found) {
  /** What can be left behind. */
  public enum Kind {
    MOUNT,
    NETWORK_NAMESPACE,
    CGROUP,
    PROCESS,
    LINK,
    CNI_STATE,
    NAT_RULE
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Path CNI = Path.of("/var/lib/cni");

  /** What jcri names a container's or pod's cgroup, below a parent that is nobody's own. */
  private static final Pattern JCRIS = Pattern.compile("/jcri(/|-)[0-9a-f]{64}(\\.scope)?$");

  /** A chain of one pod's, as the bridge and portmap plugins name them. */
  private static final Pattern CHAIN = Pattern.compile("CNI-(DN-)?[0-9a-f]{16,}");

  /** Looks at the machine now. */
  public static Leaks look() throws IOException {
    Map<Kind, Set<String>> found = new LinkedHashMap<>();
    found.put(Kind.MOUNT, mounts());
    found.put(Kind.NETWORK_NAMESPACE, own(names(Path.of("/run/netns"))));
    found.put(Kind.CGROUP, cgroups());
    found.put(Kind.PROCESS, ContainerProcesses.list());
    found.put(Kind.LINK, own(names(Path.of("/sys/class/net"))));
    found.put(Kind.CNI_STATE, own(below(CNI, Leaks::isLease)));
    found.put(Kind.NAT_RULE, natRules());
    return new Leaks(found);
  }

  /** Returns what is here and was not in {@code before}, a line each with its kind. */
  public List<String> since(Leaks before) {
    List<String> fresh = new ArrayList<>();
    found.forEach((kind, things) ->
        things.stream()
            .filter(thing -> !before.found.getOrDefault(kind, Set.of()).contains(thing))
            .forEach(thing -> fresh.add(kind + " " + thing)));
    return fresh;
  }

  /**
   * Looks again until nothing is here that was not here then, for as long as what has just been
   * ended may take to go, and returns what is left, a line each.
   */
  public List<String> left() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> fresh = look().since(this);
    while (!fresh.isEmpty() && System.nanoTime() - deadline < 0) {
      Waiting.pause();
      fresh = look().since(this);
    }
    return fresh;
  }

  /** Fails when {@link #left} finds something. */
  public void assertNothingNew() throws IOException {
    List<String> fresh = left();
    if (!fresh.isEmpty()) {
      throw new AssertionError("left behind:\n  " + String.join("\n  ", fresh));
    }
  }

  private static Set<String> mounts() throws IOException {
    Set<String> mounts = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (!OwnMarks.in(line)) {
        continue;
      }
      String[] fields = line.split(" ", -1);
      String type = line.substring(line.indexOf(" - ") + 3).split(" ", -1)[0];
      mounts.add(type + " " + fields[4]);
    }
    return mounts;
  }

  private static Set<String> natRules() throws IOException {
    Set<String> rules = new TreeSet<>();
    for (String program : List.of("iptables-save", "ip6tables-save")) {
      if (onPath(program)) {
        rules.addAll(ownRules(Command.of(program, "-t", "nat").run().out().lines().toList()));
      }
    }
    if (onPath("nft")) {
      rules.addAll(own(Command.of("nft", "list", "tables").run().out().lines().toList()));
    }
    return rules;
  }

  /**
   * A rule tells its network in a comment; of the chain that it leads to, all is the same pod's.
   */
  static Set<String> ownRules(List<String> saved) {
    Set<String> chains = new TreeSet<>();
    for (String line : saved) {
      if (OwnMarks.in(line)) {
        CHAIN.matcher(line).results().map(MatchResult::group).forEach(chains::add);
      }
    }
    return saved.stream()
        .filter(line -> OwnMarks.in(line) || chains.stream().anyMatch(line::contains))
        .map(line -> line.replaceAll("\\[\\d+:\\d+]", "").strip())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> own(Collection<String> lines) {
    return lines.stream().filter(OwnMarks::in).collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean onPath(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static Set<String> cgroups() throws IOException {
    Set<Object> programs = OwnMarks.programs();
    Set<String> own = new TreeSet<>();
    for (String cgroup : below(CGROUPS, Leaks::isCgroup)) {
      if (isOwn(Path.of(cgroup), programs)) {
        own.add(cgroup);
      }
    }
    return own;
  }

  /** A slice goes when who asked for it (the kubelet) stops it, a service is the machine's own. */
  private static boolean isCgroup(Path path) {
    String name = path.getFileName().toString();
    return Files.isDirectory(path) && !name.endsWith(".slice") && !name.endsWith(".service");
  }

  /**
   * In the group that all of jcri's daemons share one without processes has been left by somebody,
   * as pods have their pause process there; one with processes is whose these are.
   */
  private static boolean isOwn(Path cgroup, Set<Object> programs) throws IOException {
    if (OwnMarks.in(cgroup.toString())) {
      return true;
    }
    if (!JCRIS.matcher(cgroup.toString()).find()) {
      return false;
    }
    Set<String> processes = new TreeSet<>();
    for (Path same : inEveryHierarchy(cgroup)) {
      processes.addAll(processes(same));
    }
    return processes.isEmpty()
        || processes.stream()
            .anyMatch(pid -> ContainerProcesses.isOwn(Path.of("/proc", pid), programs));
  }

  /** With version 1 a process may be missing in one of them. */
  private static List<Path> inEveryHierarchy(Path cgroup) throws IOException {
    if (Files.exists(CGROUPS.resolve("cgroup.controllers"))) {
      return List.of(cgroup);
    }
    Path below = CGROUPS.relativize(cgroup);
    Path name = below.subpath(1, below.getNameCount());
    return names(CGROUPS).stream().map(top -> CGROUPS.resolve(top).resolve(name)).toList();
  }

  private static List<String> processes(Path cgroup) {
    try {
      return Files.readAllLines(cgroup.resolve("cgroup.procs"));
    } catch (IOException gone) {
      return List.of();
    }
  }

  /** The lock and the note on the last address stay, whoever uses host-local. */
  private static boolean isLease(Path path) {
    String name = path.getFileName().toString();
    return Files.isRegularFile(path)
        && !name.equals("lock")
        && !name.startsWith("last_reserved_ip");
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> list = Files.list(folder)) {
        list.forEach(path -> names.add(path.getFileName().toString()));
      }
    }
    return names;
  }

  /** Walks by hand: a walk of the JDK's fails when a folder goes away under it. */
  private static Set<String> below(Path folder, Predicate<Path> counts) throws IOException {
    Set<String> paths = new TreeSet<>();
    collect(folder, counts, paths);
    return paths;
  }

  private static void collect(Path folder, Predicate<Path> counts, Set<String> paths)
      throws IOException {
    List<Path> children;
    try (Stream<Path> list = Files.list(folder)) {
      children = list.toList();
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return;
    }
    for (Path child : children) {
      if (counts.test(child)) {
        paths.add(child.toString());
      }
      if (Files.isDirectory(child) && !Files.isSymbolicLink(child)) {
        collect(child, counts, paths);
      }
    }
  }
}
