package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Sandboxes below one directory, all taken down at the end. */
final class SandboxFixture implements AutoCloseable {
  static final Path HELPER = Path.of("target/native/jcri-sandbox").toAbsolutePath();

  /** Built with sanitizers and with the faults that tests ask for. */
  static final Path FAULTY_HELPER = Path.of("target/native/check/jcri-sandbox").toAbsolutePath();

  final Mounts mounts = new Mounts(Linux.get());
  final Cgroups cgroups;
  final Sandboxes sandboxes;
  private final Path root;
  private final List<Path> directories = new ArrayList<>();

  SandboxFixture(Path root) throws IOException {
    this(root, HELPER);
  }

  SandboxFixture(Path root, Path helper) throws IOException {
    this.root = root.toRealPath();
    this.cgroups = Cgroups.detect();
    this.sandboxes = new Sandboxes(helper, Linux.get(), mounts, cgroups);
  }

  /** A pod with network, ipc and uts namespaces of its own. */
  SandboxSpec pod(String id) throws IOException {
    Path directory = Files.createDirectories(root.resolve(id));
    directories.add(directory);
    return new SandboxSpec(
        id,
        directory,
        true,
        true,
        true,
        false,
        Optional.empty(),
        "host-" + id,
        Map.of(),
        Optional.empty(),
        -998,
        1 << 20);
  }

  /** The same with all namespaces; ids 0 to 65535 in two ranges of users and one of groups. */
  SandboxSpec isolatedPod(String id) throws IOException {
    UserNamespace user =
        new UserNamespace(
            List.of(new IdMapping(0, 100_000, 1000), new IdMapping(1000, 300_000, 64_536)),
            List.of(new IdMapping(0, 200_000, 65_536)));
    SandboxSpec pod = pod(id);
    return new SandboxSpec(
        id,
        pod.directory(),
        true,
        true,
        true,
        true,
        Optional.of(user),
        pod.hostname(),
        Map.of(),
        Optional.empty(),
        pod.oomScoreAdj(),
        pod.shmBytes());
  }

  static SandboxSpec withPid(SandboxSpec spec) {
    return new SandboxSpec(
        spec.id(),
        spec.directory(),
        spec.net(),
        spec.ipc(),
        spec.uts(),
        true,
        spec.user(),
        spec.hostname(),
        spec.sysctls(),
        spec.cgroupPath(),
        spec.oomScoreAdj(),
        spec.shmBytes());
  }

  static SandboxSpec withSysctls(SandboxSpec spec, Map<String, String> sysctls) {
    return new SandboxSpec(
        spec.id(),
        spec.directory(),
        spec.net(),
        spec.ipc(),
        spec.uts(),
        spec.pid(),
        spec.user(),
        spec.hostname(),
        sysctls,
        spec.cgroupPath(),
        spec.oomScoreAdj(),
        spec.shmBytes());
  }

  static SandboxSpec withCgroup(SandboxSpec spec, String path) {
    return new SandboxSpec(
        spec.id(),
        spec.directory(),
        spec.net(),
        spec.ipc(),
        spec.uts(),
        spec.pid(),
        spec.user(),
        spec.hostname(),
        spec.sysctls(),
        Optional.of(path),
        spec.oomScoreAdj(),
        spec.shmBytes());
  }

  void destroy(SandboxState state) throws IOException {
    sandboxes.destroy(state.id(), state.directory(), Optional.of(state.pause()), List.of());
  }

  /** No mount and no file below its directory, and no process that has its id in its title. */
  void assertNothingLeft(String id) throws IOException {
    Path directory = root.resolve(id);
    assertThat(mounts.below(directory)).isEmpty();
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).isEmpty();
      }
    }
    // A pause process that was not let go ends by itself when its helper has.
    for (int i = 0; i < 1000 && !processesOf(id).isEmpty(); i++) {
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(processesOf(id)).isEmpty();
  }

  /** Running processes, not zombies, with the directory or the title of a sandbox. */
  static List<Integer> processesOf(String id) throws IOException {
    List<Integer> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry : entries.filter(SandboxFixture::isProcess).toList()) {
        int pid = Integer.parseInt(entry.getFileName().toString());
        if (titleOf(pid).startsWith("jcri-pause\0" + id + "\0") && ProcessId.of(pid).isPresent()) {
          found.add(pid);
        }
      }
    }
    return found;
  }

  static String titleOf(int pid) {
    try {
      return Files.readString(Path.of("/proc", Integer.toString(pid), "cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }

  private static boolean isProcess(Path entry) {
    return entry.getFileName().toString().chars().allMatch(Character::isDigit);
  }

  @Override
  public void close() throws IOException {
    for (Path directory : directories) {
      sandboxes.destroy("test", directory, Optional.empty(), List.of());
    }
    sandboxes.close();
  }
}
