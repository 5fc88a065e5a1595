package io.jcri.it.kubelet;

import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a kubelet changes on a machine that others use, too: its cgroups get a root of their own,
 * and the kernel's settings that it tunes are put back by {@link #close}.
 */
final class KubeletGround implements AutoCloseable {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a kubelet sets when it starts; see its container manager's tunables. */
  private static final List<Path> TUNED =
      List.of(
          Path.of("/proc/sys/vm/overcommit_memory"),
          Path.of("/proc/sys/vm/panic_on_oom"),
          Path.of("/proc/sys/kernel/panic"),
          Path.of("/proc/sys/kernel/panic_on_oops"),
          Path.of("/proc/sys/kernel/keys/root_maxkeys"),
          Path.of("/proc/sys/kernel/keys/root_maxbytes"));

  private final Map<Path, String> before = new LinkedHashMap<>();
  private final String cgroup = "jctk" + ProcessHandle.current().pid();

  private KubeletGround() {}

  static KubeletGround prepare() throws IOException {
    KubeletGround ground = new KubeletGround();
    for (Path file : TUNED) {
      ground.before.put(file, Files.readString(file).strip());
    }
    for (Path hierarchy : hierarchies()) {
      Path group = Files.createDirectories(hierarchy.resolve(ground.cgroup));
      for (String inherited : new String[] {"cpuset.cpus", "cpuset.mems"}) {
        // Version 1 lets no process into a group where these are empty.
        if (Files.exists(hierarchy.resolve(inherited))) {
          Files.writeString(
              group.resolve(inherited), Files.readString(hierarchy.resolve(inherited)));
        }
      }
    }
    return ground;
  }

  /** The cgroup below which the kubelet keeps its pods'. */
  String cgroupRoot() {
    return "/" + cgroup;
  }

  @Override
  public void close() throws IOException {
    for (var setting : before.entrySet()) {
      if (!Files.readString(setting.getKey()).strip().equals(setting.getValue())) {
        Files.writeString(setting.getKey(), setting.getValue());
      }
    }
    for (Path hierarchy : hierarchies()) {
      Path group = hierarchy.resolve(cgroup);
      // A process that has just been killed stays in its group for a moment.
      Waiting.until(PATIENCE, () -> removed(group), () -> "not empty: " + group);
    }
  }

  private static boolean removed(Path group) throws IOException {
    if (Files.notExists(group)) {
      return true;
    }
    try (Stream<Path> tree = Files.walk(group)) {
      for (Path each : tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
      return true;
    } catch (IOException | java.io.UncheckedIOException busy) {
      return false;
    }
  }

  /** The roots of all hierarchies: of version 2 alone, or each of version 1. */
  private static List<Path> hierarchies() throws IOException {
    if (Files.exists(CGROUPS.resolve("cgroup.controllers"))) {
      return List.of(CGROUPS);
    }
    List<Path> roots = new ArrayList<>();
    try (Stream<Path> list = Files.list(CGROUPS)) {
      list.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).forEach(roots::add);
    }
    return roots;
  }
}
