package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The same shim with crun, where the host lets it run: it refuses hybrid cgroups. */
class CrunKernelTest {
  private static final Path CRUN = Path.of("/usr/bin/crun");

  private final Lab lab = new Lab();

  CrunKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  @Test
  void itsRefusalIsTold() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(CRUN), "needs crun");
    Box box = lab.box(new Plan("/no/such").withRuntime(CRUN));
    assertThatThrownBy(() -> box.shim().start())
        .isInstanceOf(ShimException.class)
        .message()
        .containsAnyOf("/no/such", "hybrid");
    box.shim().delete();
  }

  @Test
  void itsContainersAreLikeOthers() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(CRUN), "needs crun");
    Box box = lab.box(Plan.shell("echo up; read x; exit 7").withStdin(false).withRuntime(CRUN));
    try {
      box.shim().start();
    } catch (ShimException e) {
      Assumptions.assumeFalse(String.valueOf(e.getMessage()).contains("hybrid"), e::toString);
      throw e;
    }
    Ran result = box.exec(Lab.script("echo hi; exit 4"), Duration.ofSeconds(60), 100);
    assertThat(new String(result.stdout(), StandardCharsets.UTF_8)).isEqualTo("hi\n");
    assertThat(result.exitCode()).isEqualTo(4);
    Ran late =
        box.exec(
            Lab.script("(setsid nohup sleep 210987 >/dev/null 2>&1 &); sleep 210987"),
            Duration.ofMillis(800),
            100);
    assertThat(late.timedOut()).isTrue();
    Lab.await("all of it is killed", () -> !Lab.runs("210987"));
    box.shim().closeStdin();
    assertThat(box.awaitExit().exitCode()).isEqualTo(7);
    assertThat(box.logLines()).containsExactly("stdout F up");
  }
}
