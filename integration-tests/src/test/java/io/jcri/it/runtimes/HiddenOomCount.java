package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.node.Cgroup;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.linux.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cgroup of version 1 whose count of processes that memory has killed nobody sees, as if they had
 * run in a virtual machine. Whoever has asked the kernel before for word of them is told. With
 * version 2, whose counts are read through files that have been opened before, it hides nothing.
 */
final class HiddenOomCount implements AutoCloseable {
  private final Path file;

  /** The mount itself: its path leads nowhere once the container, and so its cgroup, is gone. */
  private final Fd mount;

  /** Hides that of the cgroup which the process is in. */
  HiddenOomCount(long process) throws IOException {
    file = Cgroup.file(process, "memory", "memory.oom_control", "memory.events.local");
    Command.of("mount", "--bind", "/dev/null", file.toString()).run().orThrow();
    mount = Linux.get().open(file.toString(), OpenFlags.PATH, 0);
    assertThat(file).content().isEmpty();
  }

  @Override
  public void close() throws IOException {
    try (mount) {
      Linux.get().umount2(mount.procPath(), MountFlags.MNT_DETACH);
    }
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(file.toString());
  }
}
