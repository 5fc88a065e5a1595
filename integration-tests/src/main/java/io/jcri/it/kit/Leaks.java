package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What pods leave in a kernel: mounts, network namespaces, cgroups, processes, network links,
 * leases and NAT rules of CNI plugins. Taken before and after a test, the difference is what it
 * leaked.
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

  /** A rule or chain of one pod's, as the bridge and portmap plugins name them. */
  private static final Pattern POD_RULE = Pattern.compile("CNI-(DN-)?[0-9a-f]{16,}");

  /** What a runtime names after itself or after an id. */
  private static final Pattern RUNTIMES_NAME = Pattern.compile("jcri|jct|kubepods|[0-9a-f]{64}");

  private static final Pattern USUAL_TABLE =
      Pattern.compile("table (ip|ip6|inet) (nat|filter|mangle|raw)");

  /** Looks at the machine now. */
  public static Leaks look() throws IOException {
    Map<Kind, Set<String>> found = new LinkedHashMap<>();
    found.put(Kind.MOUNT, mounts());
    found.put(Kind.NETWORK_NAMESPACE, names(Path.of("/run/netns")));
    found.put(Kind.CGROUP, below(CGROUPS, Leaks::isCgroup));
    found.put(Kind.PROCESS, ContainerProcesses.list());
    found.put(Kind.LINK, names(Path.of("/sys/class/net")));
    found.put(Kind.CNI_STATE, below(CNI, Leaks::isLease));
    found.put(Kind.NAT_RULE, natRules());
    return new Leaks(found);
  }

  /** Returns what is here and was not in {@code before}, a line each with its kind. */
  public List<String> since(Leaks before) {
    List<String> fresh = new ArrayList<>();
    found.forEach((kind, things) ->
        things.stream()
            .filter(thing -> !before.found.getOrDefault(kind, Set.of()).contains(thing))
            .filter(thing -> kind != Kind.CGROUP || !isBelowSomebodyElses(thing, before))
            .forEach(thing -> fresh.add(kind + " " + thing)));
    return fresh;
  }

  /**
   * Whoever else runs on the machine makes and removes groups below its own, with other names than
   * a runtime gives; pods are at the top or below a parent that their test made.
   */
  private static boolean isBelowSomebodyElses(String cgroup, Leaks before) {
    Path path = CGROUPS.relativize(Path.of(cgroup));
    // On cgroup v1 the first name is the hierarchy's.
    int top = Files.exists(CGROUPS.resolve("cgroup.controllers")) ? 1 : 2;
    return path.getNameCount() > top
        && !RUNTIMES_NAME.matcher(cgroup).find()
        && before
            .found
            .getOrDefault(Kind.CGROUP, Set.of())
            .contains(CGROUPS.resolve(path.subpath(0, top)).toString());
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
        Command.of(program, "-t", "nat")
            .run()
            .out()
            .lines()
            .filter(line -> POD_RULE.matcher(line).find())
            .map(line -> line.replaceAll("\\[\\d+:\\d+]", "").strip())
            .forEach(rules::add);
      }
    }
    if (onPath("nft")) {
      Command.of("nft", "list", "tables")
          .run()
          .out()
          .lines()
          .filter(line -> !USUAL_TABLE.matcher(line).matches())
          .forEach(rules::add);
    }
    return rules;
  }

  private static boolean onPath(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** A slice goes when who asked for it (the kubelet) stops it, a service is the machine's own. */
  private static boolean isCgroup(Path path) {
    String name = path.getFileName().toString();
    return Files.isDirectory(path) && !name.endsWith(".slice") && !name.endsWith(".service");
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
