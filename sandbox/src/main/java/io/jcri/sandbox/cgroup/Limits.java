package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What limits a group had at a moment, by file, so that a change that fails halfway can be taken
 * back. Immutable; the group may go meanwhile.
 */
public final class Limits {
  /** One limit may stand in the way of another: memory may not exceed memory and swap. */
  private static final int ROUNDS = 3;

  private static final Map<String, List<String>> V1 =
      Map.of(
          "memory",
          List.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
          "cpu",
          List.of("cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us"),
          "cpuset",
          List.of("cpuset.cpus", "cpuset.mems"));

  private static final List<String> V2 =
      List.of(
          "memory.max", "memory.swap.max", "cpu.weight", "cpu.max", "cpuset.cpus", "cpuset.mems");

  private static final List<String> HUGEPAGE_LIMITS = List.of(".limit_in_bytes", ".max");

  private final CgroupFiles files;
  private final Map<Path, String> values;

  private Limits(CgroupFiles files, Map<Path, String> values) {
    this.files = files;
    this.values = values;
  }

  /**
   * Reads what the group has.
   *
   * @param more names of further files of version 2
   */
  static Limits read(
      CgroupFiles files, Controllers controllers, String path, Collection<String> more)
      throws IOException {
    Map<Path, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> controller : V1.entrySet()) {
      Optional<Path> directory = controllers.v1(controller.getKey(), path);
      if (directory.isPresent()) {
        add(files, values, directory.get(), controller.getValue());
      }
    }
    Optional<Path> unified = controllers.unified(path);
    if (unified.isPresent()) {
      for (Path group : controllers.nested(unified.get())) {
        add(files, values, group, V2);
        add(files, values, group, more);
      }
    }
    Optional<Path> pages = controllers.directory("hugetlb", path);
    if (pages.isPresent()) {
      add(files, values, pages.get(), hugepageFiles(pages.get()));
    }
    return new Limits(files, values);
  }

  private static void add(
      CgroupFiles files, Map<Path, String> values, Path directory, Collection<String> names)
      throws IOException {
    for (String name : names) {
      Path file = directory.resolve(name);
      files.read(file).ifPresent(text -> values.put(file, text.strip()));
    }
  }

  private static List<String> hugepageFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(path -> String.valueOf(path.getFileName()))
          .filter(name -> name.startsWith("hugetlb."))
          .filter(name -> HUGEPAGE_LIMITS.stream().anyMatch(name::endsWith))
          .toList();
    }
  }

  /**
   * The values by file name; files of the same name are of one controller. Of a group and the one
   * in it that an OCI runtime makes there, the outer's counts unless it sets no limit.
   */
  public Map<String, String> byName() {
    Map<String, String> named = new LinkedHashMap<>();
    values.forEach((file, value) ->
        named.merge(
            String.valueOf(file.getFileName()),
            value,
            (outer, inner) -> outer.startsWith("max") ? inner : outer));
    return named;
  }

  /**
   * Writes again what was asked for in files of version 2 by name, where these no longer hold what
   * they held: systemd and OCI runtimes set files to their own defaults while they change others.
   * Those that CRI's own fields speak of are left as they are.
   *
   * @param asked content by file name; of a name that was not read nothing is known
   * @param again names that are written whatever is there
   */
  public void keep(Map<String, String> asked, Set<String> again) throws IOException {
    for (Map.Entry<Path, String> value : values.entrySet()) {
      String name = String.valueOf(value.getKey().getFileName());
      String content = asked.get(name);
      if (content != null
          && !V2.contains(name)
          && (again.contains(name) || changed(value.getKey(), value.getValue()))) {
        files.write(value.getKey(), content);
      }
    }
  }

  /**
   * Writes back what has changed since.
   *
   * @throws IOException the first refusal, after all else has been written
   */
  public void restore() throws IOException {
    List<Map.Entry<Path, String>> left = new ArrayList<>(values.entrySet());
    Optional<IOException> refusal = Optional.empty();
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      List<Map.Entry<Path, String>> refused = new ArrayList<>();
      refusal = Optional.empty();
      for (Map.Entry<Path, String> value : left) {
        try {
          restore(value.getKey(), value.getValue());
        } catch (IOException e) {
          refused.add(value);
          refusal = refusal.or(() -> Optional.of(e));
        }
      }
      left = refused;
    }
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private void restore(Path file, String value) throws IOException {
    if (changed(file, value)) {
      files.write(file, value.concat("\n")); // an empty list is a line too
    }
  }

  private boolean changed(Path file, String value) throws IOException {
    Optional<String> now = files.read(file);
    return now.isPresent() && !now.get().strip().equals(value);
  }
}
