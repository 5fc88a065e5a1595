package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes groups, each with what its hierarchy wants before it takes a process. Thread-safe. */
final class CgroupCreation {
  private final Syscalls calls;
  private final CgroupFiles files;
  private final CgroupLayout layout;
  private final List<CgroupHierarchy> hierarchies;

  CgroupCreation(
      Syscalls calls, CgroupFiles files, CgroupLayout layout, List<CgroupHierarchy> hierarchies) {
    this.calls = calls;
    this.files = files;
    this.layout = layout;
    this.hierarchies = hierarchies;
  }

  /** As {@link Cgroups#create}. */
  void create(String path) throws IOException {
    boolean v2 = layout == CgroupLayout.V2;
    for (CgroupHierarchy hierarchy : hierarchies) {
      Path directory = hierarchy.mount();
      for (Path step : hierarchy.mount().relativize(hierarchy.directory(path))) {
        if (v2 && hierarchy.unified()) {
          enableControllers(directory);
        }
        Path parent = directory;
        directory = directory.resolve(step);
        makeDirectory(directory);
        if (hierarchy.controllers().contains("cpuset") && !v2) {
          inheritCpus(parent, directory);
        }
      }
    }
  }

  private void makeDirectory(Path directory) throws IOException {
    try {
      calls.mkdirat(Fd.CWD, directory.toString(), 0755);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  /**
   * A version 1 cpuset is made empty, and takes no process before it has CPUs and memory nodes.
   * Whoever has made one that is there may not have come to that yet, or never will.
   */
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
}
