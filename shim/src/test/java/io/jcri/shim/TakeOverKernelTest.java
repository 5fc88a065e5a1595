package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real containers whose shim is killed, and another one takes its place. */
class TakeOverKernelTest {
  private static final String COUNTING =
      "trap 'echo end $i; exit 7' TERM; i=0; while :; do echo line $i; i=$((i+1)); sleep 0.01; done";

  private final Lab lab = new Lab();

  TakeOverKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  /** Kills the shim; the same box with the one that has taken over. */
  private Box bereave(Box box) throws IOException, InterruptedException {
    killShim(box);
    return new Box(box.id(), box.state(), lab.launcher.takeOver(box.spec()), box.spec());
  }

  private static void killShim(Box box) throws IOException, InterruptedException {
    CountDownLatch lost = new CountDownLatch(1);
    box.shim().onLost(lost::countDown);
    box.shim().process().signal(9);
    lost.await();
    Lab.await(
        "the shim is dead",
        () -> {
          try {
            return !box.shim().process().alive();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static boolean logHas(Box box, String line) {
    try {
      return box.logLines().contains(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theContainerRunsOnAndItsExitCodeIsKnown() throws Exception {
    Box first = lab.running(Plan.shell(COUNTING));
    Lab.await("it counts", () -> logHas(first, "stdout F line 9"));
    Box second = bereave(first);
    assertThat(second.shim().status().state()).isEqualTo(ShimStatus.State.RUNNING);
    assertThat(second.shim().status().startedAtNanos()).isPositive();
    assertThat(second.exec(Lab.script("exit 4"), Duration.ZERO, 100).exitCode()).isEqualTo(4);
    int seen = second.logLines().size();
    Lab.await("it goes on", () -> lines(second) > seen + 5);
    second.shim().kill(15);
    ExitRecord record = second.awaitExit();
    assertThat(record.exitCode()).isEqualTo(7);
    assertThat(record.codeLost()).isFalse();
    assertThat(record.startedAtNanos()).isPositive().isLessThan(record.finishedAtNanos());
    assertThat(ExitRecord.read(second.exitRecord())).isEqualTo(record);
    second.shim().delete();
    Lab.await("nothing is left", () -> !Lab.runs(first.id()));
  }

  private static int lines(Box box) {
    try {
      return box.logLines().size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void noLineIsLostThatTheDeadShimHadNotRead() throws Exception {
    Box first = lab.running(Plan.shell(COUNTING));
    Lab.await("it counts", () -> logHas(first, "stdout F line 9"));
    Box box = first;
    for (int i = 0; i < 5; i++) {
      box = bereave(box);
    }
    box.shim().kill(15);
    box.awaitExit();
    List<String> log = box.logLines();
    assertThat(log.stream().filter(line -> line.contains("its shim died here"))).hasSize(5);
    List<String> out = log.stream().filter(line -> line.startsWith("stdout F line")).toList();
    for (int i = 0; i < out.size(); i++) {
      assertThat(out.get(i)).isEqualTo("stdout F line " + i);
    }
  }

  @Test
  void aWriterThatNobodyReadsWaitsAndIsNotKilled() throws Exception {
    Box first =
        lab.running(
            Plan.shell(
                "echo go; while ! test -e /tmp/on; do sleep 0.01; done; : > /tmp/begun; seq 200000"));
    Lab.await("it runs", () -> logHas(first, "stdout F go"));
    killShim(first);
    Files.createFile(lab.rootfs.resolve("tmp/on"));
    // More than a pipe holds: it waits for a reader.
    Lab.await("it writes", () -> Files.exists(lab.rootfs.resolve("tmp/begun")));
    Box second =
        new Box(first.id(), first.state(), lab.launcher.takeOver(first.spec()), first.spec());
    assertThat(second.awaitExit().exitCode()).isZero();
    List<String> out =
        second.logLines().stream().filter(line -> line.startsWith("stdout F ")).toList();
    assertThat(out).hasSize(200_001).endsWith("stdout F 200000");
  }

  @Test
  void aLineThatWasCutIsTakenBack() throws Exception {
    Box first = lab.running(Plan.shell(COUNTING));
    Lab.await("it counts", () -> logHas(first, "stdout F line 3"));
    killShim(first);
    Files.writeString(first.log(), "2026-01-01T00:00:00Z stdout F hal", StandardOpenOption.APPEND);
    Box second =
        new Box(first.id(), first.state(), lab.launcher.takeOver(first.spec()), first.spec());
    second.shim().kill(15);
    second.awaitExit();
    assertThat(second.logLines())
        .doesNotContain("hal")
        .anyMatch(line -> line.contains("[jcri: its shim died here"))
        .allMatch(line -> line.matches("std(out|err) F (line \\d+|end \\d+|\\[jcri: .*])"));
  }

  @Test
  void stdinIsThereAgain() throws Exception {
    Box first = lab.running(Plan.shell("sleep 0.2; read x; exit 3").withStdin(false));
    Box second = bereave(first);
    second.shim().closeStdin();
    assertThat(second.awaitExit().codeLost()).isFalse();
  }

  @Test
  void aTerminalEndsWithItsShimButTheCodeIsKnown() throws Exception {
    Box first =
        lab.running(
            Plan.shell("trap 'exit 5' HUP; echo up; while :; do sleep 0.01; done").withTerminal());
    Lab.await("it runs", () -> logHas(first, "stdout F up\r") || logHas(first, "stdout F up"));
    killShim(first);
    try {
      Box second =
          new Box(first.id(), first.state(), lab.launcher.takeOver(first.spec()), first.spec());
      ExitRecord record = second.awaitExit();
      assertThat(record.codeLost() || record.exitCode() == 5).isTrue();
    } catch (ShimException tooLate) {
      assertThat(tooLate.kind()).isEqualTo(ShimException.Kind.REFUSED);
    }
  }

  @Test
  void nobodyTakesOverWhatHasGone() throws Exception {
    Box box = lab.running(Plan.shell("sleep 987650"));
    int process = box.shim().status().pid();
    killShim(box);
    ProcessHandle.of(process).orElseThrow().destroyForcibly();
    Lab.await("the process is gone", () -> !Lab.runs("987650") && !exists(process));
    assertThatThrownBy(() -> lab.launcher.takeOver(box.spec()))
        .isInstanceOf(ShimException.class)
        .hasMessageContaining("has gone");
    Sweep.run(Lab.RUNC.toString(), "--root", lab.root.resolve("r").toString(), "delete", box.id());
  }

  private static boolean exists(int pid) {
    return Files.exists(java.nio.file.Path.of("/proc", Integer.toString(pid)));
  }

  @Test
  void nobodyTakesOverWhatStillHasItsShimOrNeverRan() throws Exception {
    Box idle = lab.box(Plan.shell("true"));
    assertThatThrownBy(() -> lab.launcher.takeOver(idle.spec()))
        .hasMessageContaining("no shim has noted");
    Box running = lab.running(Plan.shell("sleep 987651"));
    assertThatThrownBy(() -> lab.launcher.takeOver(running.spec()))
        .hasMessageContaining("a shim listens");
    assertThat(running.shim().status().state()).isEqualTo(ShimStatus.State.RUNNING);
  }
}
