package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SIGTERM, which systemd sends to all that is left when the machine goes down. */
class DismissalKernelTest {
  private static final int SIGTERM = 15;

  private final Lab lab = new Lab();

  DismissalKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  @Test
  void aDismissedShimGuardsItsContainerToTheEndAndThenEnds() throws IOException {
    Path go = lab.rootfs.resolve("go");
    Box box =
        lab.running(
            Plan.shell("while ! test -e /go; do sleep 0.05; done; echo last words; exit 7"));
    box.shim().process().signal(SIGTERM);
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.RUNNING);
    box.close();
    Files.createFile(go);
    Lab.await("the shim ends", () -> !lives(box));

    ExitRecord record = ExitRecord.read(box.exitRecord());
    assertThat(record.exitCode()).isEqualTo(7);
    assertThat(box.logLines()).last().isEqualTo("stdout F last words");
  }

  @Test
  void oneWhoseContainerHasEndedGoesWhenItsLastClientHasGone() throws IOException {
    Box box = lab.running(Plan.shell("exit 3"));
    assertThat(box.awaitExit().exitCode()).isEqualTo(3);
    box.shim().process().signal(SIGTERM);
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.EXITED);
    box.close();
    Lab.await("the shim ends", () -> !lives(box));
    assertThat(ExitRecord.read(box.exitRecord()).exitCode()).isEqualTo(3);
  }

  @Test
  void withoutThatItWaitsForTheNextClient() throws IOException {
    Box box = lab.running(Plan.shell("exit 3"));
    box.awaitExit();
    box.close();
    try (Shim again = lab.launcher.connect(box.state(), java.time.Duration.ofSeconds(20))) {
      assertThat(again.status().state()).isEqualTo(ShimStatus.State.EXITED);
    }
  }

  private static boolean lives(Box box) {
    return Files.exists(Path.of("/proc/" + box.shim().process().pid() + "/exe"));
  }
}
