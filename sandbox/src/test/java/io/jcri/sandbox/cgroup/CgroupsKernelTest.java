package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real groups of this host, whichever layout it has. */
final class CgroupsKernelTest {
  private final String top = "/jcri-test-" + ProcessHandle.current().pid();
  private final List<Process> processes = new ArrayList<>();
  private Cgroups groups;

  @BeforeEach
  void detect() throws IOException {
    groups = Cgroups.detect();
  }

  @AfterEach
  void leaveNothing() throws IOException {
    groups.remove(top);
    processes.forEach(Process::destroyForcibly);
    assertThat(groups.exists(top)).isFalse();
  }

  private Process start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    return process;
  }

  @Test
  void aProcessIsMovedCountedAndKilled() throws Exception {
    String path = top + "/pod/container";
    groups.create(path);
    groups.create(path);
    Process process = start("sleep", "1000");
    groups.addProcess(path, (int) process.pid());
    for (Path file : groups.processFiles(path)) {
      assertThat(file).hasContent(Long.toString(process.pid()));
    }
    assertThat(groups.processes(top)).containsExactly((int) process.pid());
    CgroupStats stats = groups.read(path).orElseThrow();
    assertThat(stats.processes()).isEqualTo(groups.controllers().contains("pids") ? 1 : 0);
    assertThat(groups.removeIfEmpty(path)).isFalse();
    groups.remove(top);
    groups.remove(top);
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    assertThat(groups.exists(top)).isFalse();
    assertThat(groups.read(path)).isEmpty();
  }

  /** As others see it who make the same parent at the same time. */
  @Test
  void aGroupThatIsOnlyHalfMadeIsCompleted() throws Exception {
    for (Path file : groups.processFiles(top)) {
      Files.createDirectory(file.getParent());
    }
    String path = top + "/pod";
    groups.create(path);
    Process process = start("sleep", "1000");
    groups.addProcess(path, (int) process.pid());
    assertThat(groups.processes(path)).containsExactly((int) process.pid());
  }

  @Test
  void whatForksAllTheTimeIsKilledToo() throws Exception {
    groups.create(top);
    Process process =
        start(
            "sh",
            "-c",
            "read go; while :; do (sleep 1000 & sleep 1000 & sleep 0.001) & sleep 0.003; done");
    groups.addProcess(top, (int) process.pid());
    process.outputWriter().append("go\n").flush();
    while (groups.processes(top).size() < 20) {
      Thread.onSpinWait();
    }
    groups.remove(top);
    assertThat(groups.exists(top)).isFalse();
  }

  @Test
  void aFrozenGroupIsRemoved() throws Exception {
    groups.create(top);
    Process process = start("sleep", "1000");
    groups.addProcess(top, (int) process.pid());
    for (Path file : groups.processFiles(top)) {
      Path state = file.resolveSibling("freezer.state");
      Path freeze = file.resolveSibling("cgroup.freeze");
      if (Files.exists(state)) {
        Files.writeString(state, "FROZEN");
      } else if (Files.exists(freeze)) {
        Files.writeString(freeze, "1");
      }
    }
    groups.remove(top);
    assertThat(process.waitFor()).isEqualTo(128 + 9);
  }

  @Test
  void emptyGroupsAreRemovedAlone() throws Exception {
    groups.create(top + "/a");
    assertThat(groups.removeIfEmpty(top)).isFalse();
    assertThat(groups.removeIfEmpty(top + "/a")).isTrue();
    assertThat(groups.removeIfEmpty(top)).isTrue();
    assertThat(groups.removeIfEmpty(top)).isTrue();
  }

  @Test
  void refusalsNameTheFile() throws Exception {
    groups.create(top);
    assertThatThrownBy(() -> groups.addProcess(top, Integer.MAX_VALUE))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining("2147483647")
        .hasMessageContaining(top + "/cgroup.procs")
        .satisfies(e -> assertThat(((ErrnoException) e).is(Errno.ESRCH, Errno.EINVAL)).isTrue());
  }

  /** The version 2 mount of a hybrid host, alone: kills by cgroup.kill. */
  @Test
  void version2Alone(@TempDir Path root) throws Exception {
    Path unified =
        groups.processFiles(top).stream()
            .map(Path::getParent)
            .map(Path::getParent)
            .filter(mount -> Files.exists(mount.resolve("cgroup.controllers")))
            .findFirst()
            .orElse(null);
    assumeTrue(unified != null, "no version 2 mounted");
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(
        root.resolve("proc/self/mountinfo"), "41 31 0:38 / /v2 rw - cgroup2 cgroup2 rw\n");
    Files.createSymbolicLink(root.resolve("v2"), unified);
    Cgroups v2 = Cgroups.detect(Linux.get(), root);
    assertThat(v2.layout()).isEqualTo(CgroupLayout.V2);
    v2.create(top + "/a/b");
    Process process = start("sleep", "1000");
    v2.addProcess(top + "/a/b", (int) process.pid());
    assertThat(v2.processes(top)).containsExactly((int) process.pid());
    v2.remove(top);
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    assertThat(v2.exists(top)).isFalse();
    Files.delete(root.resolve("v2"));
  }
}
