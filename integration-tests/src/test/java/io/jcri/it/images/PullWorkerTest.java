package io.jcri.it.images;

import static io.jcri.it.images.PullWorkers.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The process that pulls: what it may do, and that it is not there when nobody needs it. */
class PullWorkerTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final PullWorkers WORKERS = new PullWorkers(NODE);

  @Test
  void itMayWriteToNothingButTheImageStoreAndHasFewRights() throws IOException {
    NODE.pull(NODE.busybox());
    Path proc = Path.of("/proc/" + WORKERS.all().getFirst().pid());
    assertThat(Files.readAllLines(proc.resolve("status")))
        // chown, dac_override, fowner, fsetid, sys_admin, mknod, setfcap
        .contains("CapEff:\t000000008820001b", "CapBnd:\t000000008820001b", "NoNewPrivs:\t1");
    assertThat(proc.resolve("oom_score_adj")).hasContent("0");
    List<String> writable =
        Files.readAllLines(proc.resolve("mountinfo")).stream()
            .map(line -> line.split(" ", -1))
            .filter(fields -> Arrays.asList(fields[5].split(",", -1)).contains("rw"))
            .map(fields -> fields[4])
            .toList();
    assertThat(writable).containsExactly(WORKERS.store().toRealPath().toString());
  }

  @Test
  void itIsInItsOwnCgroupWithLimitsWhenToldSo() throws IOException {
    String cgroup = "/jct-pulls-" + ProcessHandle.current().pid();
    withImageKeys(
        "pull_cgroup = \"" + cgroup + "\"\npull_memory_mib = 512\npull_millicpus = 1500\n",
        () -> {
          NODE.pull(NODE.busybox());
          Path proc = Path.of("/proc/" + WORKERS.all().getFirst().pid());
          assertThat(Files.readAllLines(proc.resolve("cgroup")))
              .isNotEmpty()
              .allSatisfy(line -> assertThat(line).endsWith(":" + cgroup));
          assertThat(limit(cgroup, "memory.max", "memory/%s/memory.limit_in_bytes"))
              .isEqualTo(Integer.toString(512 << 20));
          assertThat(limit(cgroup, "cpu.max", "cpu/%s/cpu.cfs_quota_us"))
              .isIn("150000 100000", "150000");
        });
    Waiting.until(PATIENCE, () -> removed(cgroup), () -> "the cgroup cannot be removed");
  }

  private static boolean removed(String cgroup) throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    List<Path> places = new ArrayList<>(List.of(root));
    try (Stream<Path> hierarchies = Files.list(root)) {
      hierarchies.filter(Files::isDirectory).forEach(places::add);
    }
    boolean all = true;
    for (Path place : places) {
      Path directory = place.resolve(cgroup.substring(1));
      // A process that has just ended is in it for a moment.
      all &= !Files.exists(directory) || directory.toFile().delete();
    }
    return all;
  }

  /** Of version 2, or else of version 1. */
  private static String limit(String cgroup, String file, String v1) throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    Path v2 = root.resolve(cgroup.substring(1)).resolve(file);
    return Files.readString(Files.exists(v2) ? v2 : root.resolve(v1.formatted(cgroup.substring(1))))
        .strip();
  }

  private interface Steps {
    void run() throws IOException;
  }

  /** With a daemon that has more keys for images. */
  private static void withImageKeys(String keys, Steps steps) throws IOException {
    Path configuration = NODE.daemon().configuration();
    String before = Files.readString(configuration);
    NODE.daemon().stop();
    Files.writeString(configuration, before.replace("[images]\n", "[images]\n" + keys));
    try {
      NODE.daemon().start();
      steps.run();
    } finally {
      Files.writeString(configuration, before);
      NODE.daemon().stop();
      NODE.daemon().start();
    }
  }

  @Test
  void itIsGoneAfterATimeWithoutWorkAndStartsAgain() throws IOException {
    withImageKeys(
        "pull_idle_seconds = 1\n",
        () -> {
          assertThat(WORKERS.all()).isEmpty();
          for (int i = 0; i < 2; i++) {
            NODE.pull(NODE.busybox());
            Waiting.until(PATIENCE, () -> WORKERS.all().isEmpty(), () -> "the idle worker stays");
          }
        });
  }
}
