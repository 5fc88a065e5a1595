package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told when a part is missing, fails, hangs or dies. */
class FailureKernelTest {
  private final Lab lab = new Lab();

  FailureKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  @Test
  void aMissingShimIsNamed() {
    assertThatThrownBy(() -> lab.box(new Plan("/bin/true").withShim(Path.of("/nowhere/shim"))))
        .isInstanceOf(ShimException.class)
        .hasMessageContaining("/nowhere/shim");
  }

  @Test
  void aMissingRuntimeIsNamed() throws IOException {
    Box box = lab.box(new Plan("/bin/true").withRuntime(Path.of("/nowhere/runc")));
    assertThatThrownBy(() -> box.shim().start())
        .isInstanceOf(ShimException.class)
        .hasMessage("cannot execute /nowhere/runc: No such file or directory");
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.CREATED);
    box.shim().delete();
  }

  @Test
  void theRuntimesOwnTextIsTold() throws IOException {
    Box box = lab.box(new Plan("/no/such/command"));
    assertThatThrownBy(() -> box.shim().start())
        .isInstanceOfSatisfying(
            ShimException.class, e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.REFUSED))
        .hasMessageContaining("/no/such/command")
        .hasMessageContaining("no such file or directory");
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.CREATED);
    assertThat(Files.size(box.log())).isZero();
    box.shim().delete();
    assertThat(lab.root.resolve("r").resolve(box.id())).doesNotExist();
  }

  @Test
  void aRuntimeThatSaysNothingButOnStderrIsHeard() throws IOException {
    Path runtime = script("echo 'fatal: the moon is full' >&2; exit 3");
    Box box = lab.box(new Plan("/bin/true").withRuntime(runtime));
    assertThatThrownBy(() -> box.shim().start()).hasMessage("fatal: the moon is full");
  }

  @Test
  void aRuntimeThatSaysNothingAtAllIsNamed() throws IOException {
    Path runtime = script("exit 3");
    Box box = lab.box(new Plan("/bin/true").withRuntime(runtime));
    assertThatThrownBy(() -> box.shim().start())
        .hasMessage(runtime + " ended with status 3 and no message");
  }

  private Path script(String text) throws IOException {
    Path file = lab.root.resolve("runtime");
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aHungRuntimeDoesNotKeepADeleteWaiting() throws IOException {
    Path runtime = script("case \"$*\" in *' run '*) exec sleep 876543;; esac");
    Box box = lab.box(new Plan("/bin/true").withRuntime(runtime));
    CompletableFuture<Void> start =
        CompletableFuture.runAsync(() -> {
          try {
            box.shim().start();
          } catch (ShimException e) {
            throw new IllegalStateException(e);
          }
        });
    Lab.await("runtime hangs", () -> Lab.runs("876543"));
    box.shim().delete();
    assertThatThrownBy(() -> start.get(30, TimeUnit.SECONDS)).hasMessageContaining("signal 9");
    assertThat(Lab.runs("876543")).isFalse();
  }

  @Test
  void anUnwritableLogFailsTheStart() throws IOException {
    Box box = lab.box(new Plan("/bin/true"));
    Files.createSymbolicLink(box.log(), Path.of("/etc/passwd"));
    assertThatThrownBy(() -> box.shim().start())
        .hasMessageContaining("cannot open log " + box.log());
  }

  @Test
  void shimsOutliveTheirBinary() throws IOException {
    Path binary = lab.root.resolve("old-shim");
    Files.copy(Lab.SHIM, binary, StandardCopyOption.COPY_ATTRIBUTES);
    Box box = lab.running(new Plan("/bin/sleep", "1000").withShim(binary));
    Files.delete(binary);
    assertThat(box.exec(Lab.script("echo still"), Duration.ZERO, 100).stdout())
        .asString()
        .isEqualTo("still\n");
    box.shim().delete();
    assertThat(ExitRecord.read(box.exitRecord()).exitCode()).isEqualTo(137);
  }

  @Test
  void aNewClientFindsARunningShim() throws IOException {
    Box box = lab.running(Plan.shell("read x; exit 5").withStdin(true));
    box.shim().close();
    try (Shim again = lab.launcher.connect(box.state(), Duration.ofSeconds(10))) {
      assertThat(again.process()).isEqualTo(box.shim().process());
      assertThat(again.status().state()).isEqualTo(ShimStatus.State.RUNNING);
      CompletableFuture<ExitRecord> exit = new CompletableFuture<>();
      again.onExit(exit::complete);
      again.closeStdin();
      assertThat(exit.orTimeout(30, TimeUnit.SECONDS).join().exitCode()).isEqualTo(5);
      CompletableFuture<ExitRecord> late = new CompletableFuture<>();
      again.onExit(late::complete);
      assertThat(late).isCompleted();
    }
    try (Shim third = lab.launcher.connect(box.state(), Duration.ofSeconds(10))) {
      CompletableFuture<ExitRecord> exit = new CompletableFuture<>();
      third.onExit(exit::complete);
      assertThat(exit.orTimeout(30, TimeUnit.SECONDS).join().exitCode()).isEqualTo(5);
    }
  }

  @Test
  void oneContainerHasOneShim() throws IOException {
    Box box = lab.box(new Plan("/bin/true"));
    assertThatThrownBy(() -> lab.launcher.launch(box.spec())).hasMessageContaining("already");
    box.shim().process().signal(9);
    Lab.await("shim is dead", () -> !alive(box.shim().process()));
    try (Shim next = lab.launcher.launch(box.spec())) {
      next.start();
      next.delete();
    }
  }

  private static boolean alive(ProcessId process) {
    try {
      return process.alive();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aDeletedShimIsNoLoss() throws IOException {
    for (int i = 0; i < 20; i++) {
      Box box = lab.box(new Plan("/bin/true"));
      CompletableFuture<Boolean> lost = new CompletableFuture<>();
      box.shim().onLost(() -> lost.complete(true));
      box.shim().delete();
      Lab.await("shim has ended", () -> !alive(box.shim().process()));
      assertThat(lost).isNotDone();
    }
  }

  @Test
  void aStoppedShimIsATimeoutAndADeadOneALoss() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    ProcessId process = box.shim().process();
    CompletableFuture<Boolean> lost = new CompletableFuture<>();
    box.shim().onLost(() -> lost.complete(true));
    process.signal(19);
    assertThatThrownBy(() -> lab.launcher.connect(box.state(), Duration.ofMillis(100)))
        .isInstanceOfSatisfying(
            ShimException.class, e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.TIMEOUT));
    process.signal(9);
    assertThat(lost.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
    assertThatThrownBy(() -> lab.launcher.connect(box.state(), Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            ShimException.class, e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.LOST));
  }
}
