package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made here is found, and is gone again when it is undone. */
class LeaksKernelTest {
  private static final String NAME = "jctleak" + ProcessHandle.current().pid() % 10_000;

  @Test
  void findsWhatWasLeftBehindAndOnlyThat(@TempDir Path folder) throws IOException {
    Leaks before = Leaks.look();
    Path cgroup = Path.of("/sys/fs/cgroup/pids", NAME);
    Files.createDirectory(cgroup);
    Process elsewhere = new ProcessBuilder("unshare", "-u", "sleep", "1000").start();
    try {
      Command.of("mount", "-t", "tmpfs", NAME, folder.toString()).run().orThrow();
      Command.of("ip", "link", "add", NAME, "type", "bridge").run().orThrow();
      Command.of("ip", "netns", "add", NAME).run().orThrow();
      Waiting.until(
          Duration.ofSeconds(20),
          () -> Leaks.look().since(before).stream().anyMatch(line -> line.contains(" sleep ")),
          () -> "the process in another namespace is not found");

      assertThat(Leaks.look().since(before))
          .contains("MOUNT tmpfs " + folder)
          .contains("LINK " + NAME)
          .contains("NETWORK_NAMESPACE " + NAME)
          .contains("CGROUP " + cgroup);
    } finally {
      elsewhere.destroyForcibly();
      Waiting.end(elsewhere, Duration.ofSeconds(20));
      Command.of("umount", folder.toString()).run();
      Command.of("ip", "link", "delete", NAME).run();
      Command.of("ip", "netns", "delete", NAME).run();
      Files.delete(cgroup);
    }

    assertThat(Leaks.look().since(before)).noneMatch(line -> line.contains(NAME));
  }

  @Test
  void theWitnessSeesAFileAsItIs(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "12345");
    Command.of("chown", "123:456", file.toString()).run().orThrow();
    Command.of("chmod", "4751", file.toString()).run().orThrow();

    Witness.File seen = Witness.look(file);

    assertThat(seen.permissions()).isEqualTo(04751);
    assertThat(seen.uid()).isEqualTo(123);
    assertThat(seen.gid()).isEqualTo(456);
    assertThat(seen.size()).isEqualTo(5);
    assertThat(Witness.exists((int) ProcessHandle.current().pid())).isTrue();
  }
}
