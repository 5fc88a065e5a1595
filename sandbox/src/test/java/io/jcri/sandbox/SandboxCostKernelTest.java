package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reports what a sandbox costs; judges none of it, since a busy machine is no fault of the code.
 */
final class SandboxCostKernelTest {
  private static final int PODS = 20;
  private static final String CGROUP = "/jcri-test-sandbox-cost";

  @TempDir Path root;

  @Test
  void reportsTimeAndMemory() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root)) {
      List<Double> up = new ArrayList<>();
      List<Double> down = new ArrayList<>();
      List<Long> memory = new ArrayList<>();
      List<SandboxState> states = new ArrayList<>();
      try {
        for (int i = 0; i < PODS; i++) {
          SandboxSpec spec = SandboxFixture.withCgroup(fixture.pod("cost" + i), CGROUP + "/" + i);
          long start = System.nanoTime();
          states.add(fixture.sandboxes.create(spec));
          up.add(milliseconds(start));
        }
        for (SandboxState state : states) {
          memory.add(pssKib(state));
        }
        for (SandboxState state : states) {
          long start = System.nanoTime();
          fixture.destroy(state);
          down.add(milliseconds(start));
        }
      } finally {
        fixture.cgroups.remove(CGROUP);
      }
      System.out.printf(
          "sandbox of net, ipc, uts, shm and cgroup: create ms first %.1f median %.1f, destroy ms"
              + " median %.1f, pause PSS KiB median %d of %d processes%n",
          up.getFirst(), median(up), median(down), median(memory), PODS);
      assertThat(memory).allMatch(kib -> kib > 0);
    }
  }

  private static double milliseconds(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static <T extends Comparable<T>> T median(List<T> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static long pssKib(SandboxState state) throws IOException {
    Path rollup = Path.of("/proc", Integer.toString(state.pause().pid()), "smaps_rollup");
    return Files.readAllLines(rollup).stream()
        .filter(line -> line.startsWith("Pss:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
        .sum();
  }
}
