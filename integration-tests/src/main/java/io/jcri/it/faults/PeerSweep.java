package io.jcri.it.faults;

import io.jcri.it.kit.CgroupParent;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes away what a runtime may have lost sight of: processes, mounts, cgroups and links of a
 * node's own.
 *
 * @param scratch the node's folders
 * @param cgroup the parent of all its pods
 * @param bridge of its network
 */
record PeerSweep(Scratch scratch, CgroupParent cgroup, String bridge) {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final int TIMES = 50;

  /** Ends, unmounts and deletes it all; the runtime has ended. */
  void everything() throws IOException {
    for (int i = 0; i < TIMES; i++) {
      List<ProcessHandle> own = ProcessHandle.allProcesses().filter(this::isOwn).toList();
      if (own.isEmpty()) {
        break;
      }
      own.forEach(ProcessHandle::destroyForcibly);
      pause();
    }
    List<String> mounts =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .map(line -> line.split(" ", -1)[4])
            .filter(path ->
                path.startsWith(scratch.disk() + "/") || path.startsWith(scratch.state() + "/"))
            .toList();
    for (String mount : mounts.reversed()) {
      Command.of("umount", "--lazy", mount).run();
    }
    for (String link : links()) {
      Command.of("ip", "link", "delete", link).run();
    }
    List<Path> tops = new ArrayList<>(FaultNode.list(CGROUPS));
    tops.add(CGROUPS); // with version 2
    for (Path top : tops) {
      Path group = top.resolve(cgroup.name());
      if (Files.isDirectory(group)) {
        Command.of("find", "" + group, "-mindepth", "1", "-depth", "-type", "d", "-delete").run();
      }
    }
  }

  /** A process in a cgroup of ours, or a shim that was told our folder. */
  private boolean isOwn(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"))
              .contains(cgroup.path() + "/")
          || process.info().commandLine().orElse("").contains(scratch.state() + "/");
    } catch (IOException ended) {
      return false;
    }
  }

  /** The links that are on the bridge. */
  List<String> links() throws IOException {
    return FaultNode.list(Path.of("/sys/class/net", bridge, "brif")).stream()
        .map(port -> String.valueOf(port.getFileName()))
        .toList();
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
