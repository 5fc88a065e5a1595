package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made here is found, and is gone again when it is undone. */
class LeaksKernelTest {
  private static final String NAME = "jctleak" + ProcessHandle.current().pid() % 10_000;

  /** A cpuset of version 1 takes no process before it has processors: it may be left out. */
  private static final String ELSEWHERE =
      "for g in \"$@\"; do echo 0 > $g/cgroup.procs; done; exec unshare -u sleep 1000";

  @Test
  void findsWhatWasLeftBehindAndOnlyThat(@TempDir Path folder) throws IOException {
    Leaks before = Leaks.look();
    List<Path> cgroups = newCgroups();
    for (Path cgroup : cgroups) {
      Files.createDirectory(cgroup);
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", ELSEWHERE, "sh"));
    cgroups.forEach(cgroup -> command.add(cgroup.toString()));
    Process elsewhere = new ProcessBuilder(command).start();
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
          .contains("CGROUP " + cgroups.getFirst());
    } finally {
      elsewhere.destroyForcibly();
      Waiting.end(elsewhere, Duration.ofSeconds(20));
      Command.of("umount", folder.toString()).run();
      Command.of("ip", "link", "delete", NAME).run();
      Command.of("ip", "netns", "delete", NAME).run();
      for (Path cgroup : cgroups) {
        Files.delete(cgroup);
      }
    }

    assertThat(Leaks.look().since(before)).noneMatch(line -> line.contains(NAME));
  }

  /** One for each hierarchy, as a container has. */
  private static List<Path> newCgroups() throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    if (Files.exists(root.resolve("cgroup.controllers"))) {
      return List.of(root.resolve(NAME));
    }
    try (Stream<Path> hierarchies = Files.list(root)) {
      return hierarchies.filter(Files::isDirectory).map(h -> h.resolve(NAME)).sorted().toList();
    }
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
