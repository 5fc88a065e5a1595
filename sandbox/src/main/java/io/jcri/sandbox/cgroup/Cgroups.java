package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The host's control groups. Immutable and safe for any thread. A group's path is absolute and
 * means the same directory in every hierarchy. The package's front: its many fields are one for
 * each thing that is done with groups, and all are made here.
 */
public final class Cgroups {
  private final Path root;
  private final CgroupFiles files;
  private final CgroupMembers members;
  private final CgroupCreation creation;
  private final CgroupRemoval removal;
  private final StatsReader stats;
  private final MetricsReader metrics;
  private final CgroupLayout layout;
  private final List<CgroupHierarchy> hierarchies;
  private final Controllers controllers;

  private Cgroups(Syscalls calls, Path root, CgroupMounts mounts) {
    this.root = root;
    this.layout = mounts.layout();
    this.hierarchies = mounts.hierarchies();
    this.files = new CgroupFiles(calls);
    this.members = new CgroupMembers(calls, files);
    this.creation = new CgroupCreation(calls, files, layout, hierarchies);
    this.removal = new CgroupRemoval(calls, files, members);
    this.controllers = new Controllers(hierarchies);
    this.stats = new StatsReader(files, controllers);
    this.metrics = new MetricsReader(files, controllers);
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
    List<MountInfo> mounts = MountInfo.parseAll(files.readAll(table));
    CgroupMounts found = CgroupMounts.of(mounts, root, files);
    if (found.hierarchies().isEmpty()) {
      throw new IOException("no control groups are mounted, says " + table);
    }
    return new Cgroups(calls, root, found);
  }

  /** How the host mounts them. */
  public CgroupLayout layout() {
    return layout;
  }

  /**
   * The controllers that groups are given, by their kernel names. On a hybrid host those are
   * version 1's alone: OCI runtimes leave alone what only the version 2 mount beside them has.
   */
  public Set<String> controllers() {
    boolean v2 = layout == CgroupLayout.V2;
    return hierarchies.stream()
        .filter(hierarchy -> v2 || !hierarchy.unified())
        .flatMap(hierarchy -> hierarchy.controllers().stream())
        .filter(name -> !CgroupMounts.isName(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether the kernel counts the swap of groups, so that it can be limited. */
  public boolean countsSwap() {
    // With version 2 the file shows up below the root only; the accounting is always on since 5.8.
    return layout == CgroupLayout.V2
        ? Files.exists(root.resolve("proc/swaps"))
        : controllers
            .v1("memory", "/")
            .filter(top -> Files.exists(top.resolve("memory.memsw.limit_in_bytes")))
            .isPresent();
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
    creation.create(path);
  }

  /** Gives the group the least share of the CPUs; nothing where no controller gives shares. */
  public void leastCpuShare(String path) throws IOException {
    check(path);
    CpuShare.least(files, controllers, path);
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
        pids.addAll(members.list(group));
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

  /** The group's figures, or empty when it is gone. Some 50 µs: four files on version 1. */
  public Optional<CgroupStats> read(String path) throws IOException {
    check(path);
    return stats.stats(path);
  }

  /** The group's rarer figures; zeros when it is gone. */
  public CgroupDetails details(String path) throws IOException {
    check(path);
    return stats.details(path);
  }

  /** The group's rarer memory figures; zeros when it is gone. */
  public MemoryDetails memoryDetails(String path) throws IOException {
    check(path);
    return metrics.memory(path);
  }

  /** The group's huge pages; none when it is gone. */
  public List<HugePages> hugePages(String path) throws IOException {
    check(path);
    return metrics.hugePages(path);
  }

  /** The group's input and output by device; none when it is gone. */
  public List<DeviceIo> deviceIo(String path) throws IOException {
    check(path);
    return metrics.io(path);
  }

  /** The processes in the group itself, not those below; none when it is gone. */
  public List<Integer> members(String path) throws IOException {
    check(path);
    Path directory = hierarchies.getFirst().directory(path);
    List<Path> groups =
        layout == CgroupLayout.V2 ? controllers.nested(directory) : List.of(directory);
    List<Integer> pids = new ArrayList<>();
    for (Path group : groups) {
      pids.addAll(members.list(group));
    }
    return pids;
  }

  /** How many processes of the group were killed for want of memory; 0 when it is gone. */
  public long oomKills(String path) throws IOException {
    check(path);
    return stats.oomKills(path);
  }

  /** The group's pressure figures, which only version 2 has; empty when the kernel has none. */
  public Optional<Pressure> pressure(String path, Pressure.Resource resource) throws IOException {
    check(path);
    Optional<Path> directory = controllers.unified(path);
    return directory.isEmpty()
        ? Optional.empty()
        : files
            .read(directory.get().resolve(resource.fileName()))
            .filter(text -> !text.isBlank())
            .map(Pressure::parse);
  }

  /** A file of the group's directory where {@code controller} is mounted; empty when not there. */
  public Optional<String> text(String path, String controller, String file) throws IOException {
    check(path);
    Optional<Path> directory = controllers.directory(controller, path);
    return directory.isEmpty() ? Optional.empty() : files.read(directory.get().resolve(file));
  }

  /**
   * What limits the group has now, to be restored when a change fails.
   *
   * @param more names of further files of version 2 to remember
   */
  public Limits limits(String path, Collection<String> more) throws IOException {
    check(path);
    return Limits.read(files, controllers, path, more);
  }

  /**
   * Limits a group's huge pages of one size, and what it reserves of them where the kernel counts
   * that.
   *
   * @param pageSize as the kernel names it: {@code 2MB}
   * @throws IOException naming the file that is not there or refuses
   */
  public void limitHugepages(String path, String pageSize, long bytes) throws IOException {
    check(path);
    Path directory =
        controllers
            .directory("hugetlb", path)
            .orElseThrow(() -> new IOException("this node has no cgroup controller hugetlb"));
    boolean v1 = controllers.v1("hugetlb", path).isPresent();
    String end = v1 ? "limit_in_bytes" : "max";
    String text = Long.toString(bytes);
    Path reserved = directory.resolve("hugetlb." + pageSize + ".rsvd." + end);
    if (Files.exists(reserved)) {
      files.write(reserved, text);
    }
    files.write(directory.resolve("hugetlb." + pageSize + "." + end), text);
  }

  /** The root is never ours, and ".." would leave the tree that the caller means. */
  private static void check(String path) {
    List<String> steps = List.of(path.split("/", -1));
    if (!path.startsWith("/")
        || path.indexOf('\0') >= 0
        || steps.stream().skip(1).anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
      throw new IllegalArgumentException("invalid control group path \"" + path + "\"");
    }
  }
}
