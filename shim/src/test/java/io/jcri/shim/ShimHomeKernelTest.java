package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shims in a control group that is not their starter's. */
class ShimHomeKernelTest {
  private final Lab lab = new Lab();
  private final Path group = unified().resolve("jct-shims-" + ProcessHandle.current().pid());
  private final List<Integer> taken = new ArrayList<>();

  ShimHomeKernelTest() throws IOException {}

  /** Where cgroup version 2 is mounted, alone or beside version 1. */
  private static Path unified() {
    Path beside = Path.of("/sys/fs/cgroup/unified");
    return Files.exists(beside) ? beside : Path.of("/sys/fs/cgroup");
  }

  @AfterEach
  void sweep() throws IOException {
    lab.close();
    if (Files.exists(group)) {
      Files.delete(group);
    }
  }

  private final ShimHome home =
      new ShimHome() {
        @Override
        public Optional<Path> cgroup() {
          return Files.exists(group) ? Optional.of(group) : Optional.empty();
        }

        @Override
        public void take(int pid) {
          taken.add(pid);
        }
      };

  private Shim launch(Plan plan) throws IOException {
    Box box = lab.box(plan); // its folders; the shim that is looked at has folders beside them
    Path state = Files.createDirectory(box.state().resolve("again"));
    ShimSpec spec = box.spec();
    return new ShimLauncher(plan.shimBinary(), home)
        .launch(
            new ShimSpec(
                spec.containerId() + "-again",
                spec.bundle(),
                state,
                spec.runtime(),
                spec.runtimeRoot(),
                List.of(),
                false,
                true,
                false,
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                0,
                state.resolve("exit.json"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private static String groups(Shim shim) throws IOException {
    return Files.readString(Path.of("/proc/" + shim.process().pid() + "/cgroup"));
  }

  private static void end(Shim shim) {
    ProcessHandle process = ProcessHandle.of(shim.process().pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void aShimIsBornThere() throws IOException {
    assumeTrue(Files.exists(unified().resolve("cgroup.procs")), "needs cgroup version 2");
    Files.createDirectory(group);
    try (Shim shim = launch(new Plan("/bin/true"))) {
      assertThat(groups(shim)).contains("0::/" + group.getFileName() + "\n");
      assertThat(taken).isEmpty();
      end(shim);
    }
  }

  @Test
  void theFirstIsTakenInByItsStarter() throws IOException {
    try (Shim shim = launch(new Plan("/bin/true"))) {
      assertThat(taken).containsExactly(shim.process().pid());
      end(shim);
    }
  }
}
