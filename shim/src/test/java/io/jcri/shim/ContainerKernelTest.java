package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container's way from start to delete, on a real OCI runtime. */
class ContainerKernelTest {
  private final Lab lab = new Lab();

  ContainerKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  @Test
  void goesFromCreatedToExitedAndAway() throws IOException {
    Box box = lab.box(Plan.shell("echo out; echo err >&2; exit 7"));
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.CREATED);
    assertThat(box.shim().process().alive()).isTrue();
    int pid = box.shim().start();
    ExitRecord record = box.awaitExit();
    assertThat(record.pid()).isEqualTo(pid);
    assertThat(record.exitCode()).isEqualTo(7);
    assertThat(record.signal()).isZero();
    assertThat(record.oomKilled()).isFalse();
    assertThat(record.startedAtNanos()).isPositive();
    assertThat(record.finishedAtNanos()).isGreaterThanOrEqualTo(record.startedAtNanos());
    assertThat(ExitRecord.read(box.exitRecord())).isEqualTo(record);
    assertThat(box.logLines()).containsExactlyInAnyOrder("stdout F out", "stderr F err");
    assertThat(Files.getPosixFilePermissions(box.log()))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    ShimStatus status = box.shim().status();
    assertThat(status.state()).isEqualTo(ShimStatus.State.EXITED);
    assertThat(status.exit()).contains(record);
    assertThatThrownBy(() -> box.shim().kill(15)).hasMessage("container is not running");
    assertThatThrownBy(() -> box.shim().start()).hasMessage("container has already run");
    box.shim().delete();
    Lab.await("shim ends", () -> !Files.exists(box.state().resolve("shim.sock")));
    assertThat(lab.root.resolve("r").resolve(box.id())).doesNotExist();
  }

  /** With NOTIFY_SOCKET in its environment, runc would wait for a word from the container. */
  @Test
  void knowsNothingOfTheDaemonsEnvironment() throws IOException {
    Box box = lab.box(Plan.shell("exit 0"));
    Path environment = Path.of("/proc", String.valueOf(box.shim().process().pid()), "environ");
    assertThat(Files.readString(environment).split("\0"))
        .singleElement()
        .asString()
        .startsWith("PATH=/");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, 126, 127, 128, 137, 255})
  void tellsEveryExitCode(int code) throws IOException {
    Box box = lab.running(Plan.shell("exit " + code));
    assertThat(box.awaitExit().exitCode()).isEqualTo(code);
    assertThat(box.awaitExit().signal()).isZero();
  }

  @Test
  void countsSignalsFrom128() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    box.shim().kill(9);
    assertThat(box.awaitExit().exitCode()).isEqualTo(137);
    assertThat(box.awaitExit().signal()).isEqualTo(9);
    Box polite =
        lab.running(
            Plan.shell("trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 1 & wait; done"));
    Lab.await("trap is set", () -> logHas(polite, "stdout F up"));
    polite.shim().kill(15);
    assertThat(polite.awaitExit().exitCode()).isEqualTo(3);
    assertThat(polite.logLines()).contains("stdout F bye");
  }

  static boolean logHas(Box box, String line) {
    try {
      return Files.exists(box.log()) && box.logLines().contains(line);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void deletesARunningContainer() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    int pid = box.shim().status().pid();
    box.shim().delete();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(ExitRecord.read(box.exitRecord()).exitCode()).isEqualTo(137);
    assertThat(lab.root.resolve("r").resolve(box.id())).doesNotExist();
  }

  @Test
  void deletesAContainerThatNeverStarted() throws IOException {
    Box box = lab.box(new Plan("/bin/true"));
    box.shim().delete();
    assertThat(box.exitRecord()).doesNotExist();
  }

  @Test
  void startTwiceIsStartOnce() throws IOException {
    Box box = lab.box(new Plan("/bin/sleep", "1000"));
    int[] pids =
        IntStream.range(0, 4)
            .parallel()
            .map(i -> {
              try {
                return box.shim().start();
              } catch (ShimException e) {
                throw new IllegalStateException(e);
              }
            })
            .toArray();
    assertThat(pids).containsOnly(box.shim().status().pid());
  }

  @Test
  void endsWhatAHostPidContainerLeavesBehind() throws IOException {
    Box box = lab.running(Plan.shell("setsid sleep 987654 & echo $! ; exit 0").withHostPid());
    assertThat(box.awaitExit().exitCode()).isZero();
    Lab.await("left-over is killed", () -> !Lab.runs("987654"));
    box.shim().delete();
  }

  @Test
  void tellsOfMemory() throws IOException {
    Box box = lab.running(Plan.shell("x=a; while :; do x=$x$x$x; done").withMemory(8L << 20));
    ExitRecord record = box.awaitExit();
    assertThat(record.oomKilled()).isTrue();
    assertThat(record.exitCode()).isEqualTo(137);
    assertThat(record.killRequested()).isFalse();
    assertThat(ExitRecord.read(box.exitRecord())).isEqualTo(record);
  }

  @Test
  void tellsOurOwnKillFromThatOfMemory() throws IOException {
    Box box =
        lab.running(
            Plan.shell("(x=a; while :; do x=$x$x$x; done); echo goes on; exec sleep 1000")
                .withMemory(8L << 20));
    Lab.await("a child is killed", () -> logHas(box, "stdout F goes on"));
    box.shim().kill(9);
    ExitRecord record = box.awaitExit();
    assertThat(record.exitCode()).isEqualTo(137);
    assertThat(record.oomKilled()).isTrue();
    assertThat(record.killRequested()).isTrue();
    assertThat(ExitRecord.read(box.exitRecord())).isEqualTo(record);
  }

  @Test
  void aShimHoldsNoMoreThanItsBudget() throws IOException {
    Box box = lab.running(Plan.shell("seq 100000; exec sleep 1000"));
    Lab.await("output is logged", () -> logHas(box, "stdout F 100000"));
    Lab.await("buffers are given back", () -> pss(box) <= 256);
  }

  private static long pss(Box box) {
    try {
      return Files.readAllLines(
              java.nio.file.Path.of("/proc/" + box.shim().process().pid() + "/smaps_rollup"))
          .stream()
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
