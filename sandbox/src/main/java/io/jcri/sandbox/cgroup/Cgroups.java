package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.cgroup.CgroupStats.Cpu;
import io.jcri.sandbox.cgroup.CgroupStats.Memory;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The host's control groups. Immutable and safe for any thread. A group's path is absolute and
 * means the same directory in every hierarchy.
 */
public final class Cgroups {
  private static final Memory NO_MEMORY =
      new Memory(
          0,
          0,
          0,
          0,
          0,
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
          0,
          0,
          0);

  private final Syscalls calls;
  private final Path root;
  private final CgroupFiles files;
  private final CgroupRemoval removal;
  private final StatsReader stats;
  private final List<CgroupHierarchy> hierarchies;

  private Cgroups(Syscalls calls, Path root, List<CgroupHierarchy> hierarchies) {
    this.calls = calls;
    this.root = root;
    this.hierarchies = hierarchies;
    this.files = new CgroupFiles(calls);
    this.removal = new CgroupRemoval(calls, files);
    this.stats = new StatsReader(files);
  }

  /**
   * The groups of this host.
   *
   * @throws IOException when none are mounted
   */
  public static Cgroups detect() throws IOException {
    return detect(Linux.get(), Path.of("/"));
  }

  /** The groups of a host whose file tree, with /proc and /sys, is seen at {@code root}. */
  public static Cgroups detect(Syscalls calls, Path root) throws IOException {
    CgroupFiles files = new CgroupFiles(calls);
    Path table = root.resolve("proc/self/mountinfo");
    List<MountInfo> mounts = MountInfo.parseAll(files.read(table).orElse(""));
    List<CgroupHierarchy> hierarchies = CgroupHierarchy.of(mounts, root, files);
    if (hierarchies.isEmpty()) {
      throw new IOException("no control groups are mounted, says " + table);
    }
    return new Cgroups(calls, root, hierarchies);
  }

  /** How the host mounts them. */
  public CgroupLayout layout() {
    boolean unified = hierarchies.stream().anyMatch(CgroupHierarchy::unified);
    if (!unified) {
      return CgroupLayout.V1;
    }
    // A host with version 2 may keep one named hierarchy of version 1 for old tools.
    return hierarchies.stream()
            .filter(hierarchy -> !hierarchy.unified())
            .allMatch(hierarchy -> hierarchy.controllers().stream().allMatch(c -> c.contains("=")))
        ? CgroupLayout.V2
        : CgroupLayout.HYBRID;
  }

  /** The controllers that any hierarchy has, by their kernel names. */
  public Set<String> controllers() {
    return hierarchies.stream()
        .flatMap(hierarchy -> hierarchy.controllers().stream())
        .filter(name -> !name.contains("="))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** systemd when it is the host's init, else the file system. */
  public CgroupDriver detectDriver() throws IOException {
    boolean systemd =
        files.read(root.resolve("proc/1/comm")).orElse("").strip().equals("systemd")
            && Files.isDirectory(root.resolve("run/systemd/system"));
    return systemd ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS;
  }

  /**
   * Makes a group, with the groups above it, in every hierarchy; version 2 controllers are enabled
   * on the way down. Existing ones are fine.
   */
  public void create(String path) throws IOException {
    check(path);
    boolean v2 = layout() == CgroupLayout.V2;
    for (CgroupHierarchy hierarchy : hierarchies) {
      Path directory = hierarchy.mount();
      for (Path step : hierarchy.mount().relativize(hierarchy.directory(path))) {
        if (v2 && hierarchy.unified()) {
          enableControllers(directory);
        }
        Path parent = directory;
        directory = directory.resolve(step);
        if (makeDirectory(directory) && hierarchy.controllers().contains("cpuset") && !v2) {
          inheritCpus(parent, directory);
        }
      }
    }
  }

  private boolean makeDirectory(Path directory) throws IOException {
    try {
      calls.mkdirat(Fd.CWD, directory.toString(), 0755);
      return true;
    } catch (ErrnoException e) {
      if (e.is(Errno.EEXIST)) {
        return false;
      }
      throw e;
    }
  }

  /** A version 1 cpuset is made empty, and takes no process before it has CPUs and memory nodes. */
  private void inheritCpus(Path parent, Path child) throws IOException {
    for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
      if (files.read(child.resolve(file)).orElse("").isBlank()) {
        files.write(child.resolve(file), files.read(parent.resolve(file)).orElse("").strip());
      }
    }
  }

  /** One that cannot be (a real-time task is in the way of cpu, say) does not keep the others. */
  private void enableControllers(Path directory) throws IOException {
    String all = files.read(directory.resolve("cgroup.controllers")).orElse("");
    List<String> enabled =
        List.of(
            files
                .read(directory.resolve("cgroup.subtree_control"))
                .orElse("")
                .strip()
                .split(" ", -1));
    for (String controller : all.strip().split(" ", -1)) {
      if (controller.isEmpty() || enabled.contains(controller)) {
        continue;
      }
      try {
        files.write(directory.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (ErrnoException e) {
        if (!e.is(Errno.EBUSY, Errno.EINVAL, Errno.ENOENT, Errno.EOPNOTSUPP)) {
          throw e;
        }
      }
    }
  }

  /** The files to write a process's number to, in order to move it to a group. */
  public List<Path> processFiles(String path) {
    check(path);
    return hierarchies.stream().map(h -> h.directory(path).resolve("cgroup.procs")).toList();
  }

  /** Moves a process to an existing group, in every hierarchy. */
  public void addProcess(String path, int pid) throws IOException {
    for (Path file : processFiles(path)) {
      files.write(file, Integer.toString(pid));
    }
  }

  /** Whether any hierarchy has the group. */
  public boolean exists(String path) {
    check(path);
    return hierarchies.stream().anyMatch(hierarchy -> Files.isDirectory(hierarchy.directory(path)));
  }

  /** The processes in the group and below it, of whatever hierarchy. */
  public Set<Integer> processes(String path) throws IOException {
    check(path);
    Set<Integer> pids = new TreeSet<>();
    for (CgroupHierarchy hierarchy : hierarchies) {
      for (Path group : removal.tree(hierarchy.directory(path))) {
        pids.addAll(removal.processes(group));
      }
    }
    return pids;
  }

  /**
   * Kills what is left in the group and below, and removes it from every hierarchy. A group that is
   * not there is fine.
   *
   * @throws ErrnoException EBUSY when a killed process has not gone within about two seconds
   */
  public void remove(String path) throws IOException {
    check(path);
    removal.remove(hierarchies.stream().map(hierarchy -> hierarchy.directory(path)).toList());
  }

  /**
   * Removes the group from each hierarchy where nothing is in it or below.
   *
   * @return whether it is gone from all
   */
  public boolean removeIfEmpty(String path) throws IOException {
    check(path);
    boolean gone = true;
    for (CgroupHierarchy hierarchy : hierarchies) {
      gone &= removal.removeIfEmpty(hierarchy.directory(path));
    }
    return gone;
  }

  /** Kills every process in the group and below; the group stays. */
  public void kill(String path) throws IOException {
    check(path);
    for (CgroupHierarchy hierarchy : hierarchies) {
      removal.kill(hierarchy.directory(path));
    }
  }

  /** The group's figures, or empty when it is gone. */
  public Optional<CgroupStats> read(String path) throws IOException {
    check(path);
    // One look, not one in each hierarchy: a node has hundreds of groups to read.
    CgroupHierarchy any = having("memory").orElse(hierarchies.getFirst());
    if (!Files.isDirectory(any.directory(path))) {
      return Optional.empty();
    }
    Optional<CgroupHierarchy> pids = having("pids");
    Path tasks = pids.map(h -> h.directory(path)).orElse(root.resolve("nowhere"));
    return Optional.of(
        new CgroupStats(
            cpu(path),
            memory(path),
            files.number(tasks.resolve("pids.current")).orElse(0),
            files.number(tasks.resolve("pids.max"))));
  }

  private Cpu cpu(String path) throws IOException {
    Optional<CgroupHierarchy> cpuacct = having("cpuacct");
    if (cpuacct.isPresent()) {
      return stats.cpuV1(
          cpuacct.get().directory(path),
          having("cpu").filter(h -> !h.unified()).map(h -> h.directory(path)));
    }
    // Version 2 counts time without any controller.
    Optional<CgroupHierarchy> unified =
        hierarchies.stream().filter(CgroupHierarchy::unified).findFirst();
    return unified.isPresent()
        ? stats.cpuV2(unified.get().directory(path))
        : new Cpu(0, 0, 0, 0, 0, 0);
  }

  private Memory memory(String path) throws IOException {
    Optional<CgroupHierarchy> memory = having("memory");
    if (memory.isEmpty()) {
      return NO_MEMORY;
    }
    Path directory = memory.get().directory(path);
    return memory.get().unified() ? stats.memoryV2(directory) : stats.memoryV1(directory);
  }

  /** How many processes of the group were killed for want of memory; 0 when it is gone. */
  public long oomKills(String path) throws IOException {
    check(path);
    Optional<CgroupHierarchy> memory = having("memory");
    if (memory.isEmpty()) {
      return 0;
    }
    Path directory = memory.get().directory(path);
    return memory.get().unified() ? stats.oomKillsV2(directory) : stats.oomKillsV1(directory);
  }

  /** The group's pressure figures, which only version 2 has; empty when the kernel has none. */
  public Optional<Pressure> pressure(String path, Pressure.Resource resource) throws IOException {
    check(path);
    for (CgroupHierarchy hierarchy : hierarchies) {
      if (hierarchy.unified()) {
        Path file = hierarchy.directory(path).resolve(resource.fileName());
        return files.read(file).filter(text -> !text.isBlank()).map(Pressure::parse);
      }
    }
    return Optional.empty();
  }

  /** A file of the group's directory where {@code controller} is mounted; empty when not there. */
  public Optional<String> text(String path, String controller, String file) throws IOException {
    check(path);
    Optional<CgroupHierarchy> hierarchy = having(controller);
    return hierarchy.isEmpty()
        ? Optional.empty()
        : files.read(hierarchy.get().directory(path).resolve(file));
  }

  private Optional<CgroupHierarchy> having(String controller) {
    // Version 1 first: version 2 lists in hybrid what no version 1 mount has taken.
    return hierarchies.stream()
        .filter(hierarchy -> hierarchy.controllers().contains(controller))
        .min((a, b) -> Boolean.compare(a.unified(), b.unified()));
  }

  /** The root is never ours, and ".." would leave the tree that the caller means. */
  private static void check(String path) {
    List<String> steps = List.of(path.split("/", -1));
    if (!path.startsWith("/")
        || steps.stream().skip(1).anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
      throw new IllegalArgumentException("invalid control group path \"" + path + "\"");
    }
  }
}
