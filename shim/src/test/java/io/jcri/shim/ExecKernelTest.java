package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Short processes in a container, whose output is wanted whole. */
class ExecKernelTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final int LIMIT = 1 << 20;

  private final Lab lab = new Lab();

  ExecKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  private Box sleeper() throws IOException {
    return lab.running(new Plan("/bin/sleep", "1000"));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void givesOutputAndExitCode() throws IOException {
    Box box = sleeper();
    Ran result = box.exec(Lab.script("echo a; echo b >&2; exit 3"), AMPLE, LIMIT);
    assertThat(text(result.stdout())).isEqualTo("a\n");
    assertThat(text(result.stderr())).isEqualTo("b\n");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.timedOut()).isFalse();
    assertThat(result.truncated()).isFalse();
    assertThat(box.logLines()).isEmpty();
    try (Stream<Path> files = Files.list(box.state())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("exec-"));
    }
  }

  @Test
  void tellsTheRuntimesReason() throws IOException {
    Box box = sleeper();
    assertThatThrownBy(() -> box.exec(Lab.process(false, "/no/such"), AMPLE, LIMIT))
        .isInstanceOfSatisfying(
            ShimException.class, e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.REFUSED))
        .hasMessageContaining("/no/such");
  }

  @Test
  void cutsLongOutput() throws IOException {
    Box box = sleeper();
    Ran result = box.exec(Lab.script("yes | head -c 5000000; echo end >&2"), AMPLE, 1000);
    assertThat(result.stdout()).hasSize(1000);
    assertThat(text(result.stderr())).isEqualTo("end\n");
    assertThat(result.truncated()).isTrue();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void passesOnAllOfALargeOutput() throws IOException {
    Box box = sleeper();
    Ran result = box.exec(Lab.script("yes 0123456789 | head -c 16000000"), AMPLE, 16 << 20);
    assertThat(result.stdout()).hasSize(16_000_000);
    assertThat(result.truncated()).isFalse();
  }

  @Test
  void aTimeoutEndsAllThatWasStarted() throws IOException {
    Box box = sleeper();
    String script =
        "sleep 765431 & setsid sleep 765432 & (setsid sh -c 'sleep 765433 & sleep 765434' &) ;"
            + " (setsid nohup sleep 765435 >/dev/null 2>&1 &) ; echo begun; sleep 765436";
    Ran result = box.exec(Lab.script(script), Duration.ofSeconds(4), LIMIT);
    assertThat(result.timedOut()).isTrue();
    assertThat(text(result.stdout())).isEqualTo("begun\n");
    for (int number = 765431; number <= 765436; number++) {
      String argument = Integer.toString(number);
      Lab.await(argument + " is killed", () -> !Lab.runs(argument));
    }
    assertThat(box.shim().status().state()).isEqualTo(ShimStatus.State.RUNNING);
  }

  @Test
  void inheritedPipesHoldNobody() throws IOException {
    Box box = sleeper();
    Ran result = box.exec(Lab.script("sleep 654321 & echo done; exit 4"), AMPLE, LIMIT);
    assertThat(text(result.stdout())).isEqualTo("done\n");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.timedOut()).isFalse();
    Lab.await("left-over runs", () -> Lab.runs("654321"));
  }

  @Test
  void manyAtOnceLoseNothing() throws IOException {
    Box box = lab.running(Plan.shell("read x; exit 9").withStdin(false));
    List<Integer> codes =
        IntStream.range(0, 40)
            .parallel()
            .mapToObj(i -> {
              try {
                return box.exec(Lab.script("echo " + i + "; exit " + i), AMPLE, LIMIT);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            })
            .map(result -> Integer.parseInt(text(result.stdout()).strip()) - result.exitCode())
            .toList();
    assertThat(codes).hasSize(40).containsOnly(0);
    box.shim().closeStdin();
    assertThat(box.awaitExit().exitCode()).isEqualTo(9);
  }

  /** With and without a time limit: nobody will hear of it any more. */
  @Test
  void endsWhenItsCallerIsGone() throws Exception {
    Box box = sleeper();
    for (Duration timeout : List.of(Duration.ZERO, AMPLE)) {
      FutureTask<Object> call =
          new FutureTask<>(
              () -> box.exec(Lab.script("sleep 219876 & sleep 219876"), timeout, LIMIT));
      Thread caller = Thread.ofVirtual().start(call);
      Lab.await("exec runs", () -> Lab.runs("219876"));
      caller.interrupt();
      assertThatThrownBy(call::get).hasCauseInstanceOf(ShimException.class);
      Lab.await("all of it is killed", () -> !Lab.runs("219876"));
    }
    assertThat(box.exec(Lab.script("exit 3"), AMPLE, LIMIT).exitCode()).isEqualTo(3);
  }

  /** What the daemon does not read waits in the shim and the process, and is all there at last. */
  @Test
  void outputWaitsForASlowCaller() throws Exception {
    Box box = sleeper();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    LongAdder bytes = new LongAdder();
    ExecOutput slow =
        new ExecOutput() {
          @Override
          public void stdout(ByteBuffer piece) throws IOException {
            first.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            bytes.add(piece.remaining());
          }

          @Override
          public void stderr(ByteBuffer piece) {
            throw new AssertionError("nothing is written there");
          }
        };
    FutureTask<ExecResult> exec =
        new FutureTask<>(() ->
            box.shim().execSync(Lab.script("yes | head -c 6000000; exit 2"), AMPLE, 7 << 20, slow));
    Thread.ofVirtual().start(exec);
    first.await();
    assertThat(box.exec(Lab.script("echo other"), AMPLE, LIMIT).exitCode()).isZero();
    assertThat(exec.isDone()).isFalse();
    goOn.countDown();
    assertThat(exec.get()).isEqualTo(new ExecResult(2, false, false));
    assertThat(bytes.sum()).isEqualTo(6_000_000);
  }

  @Test
  void endsWithItsContainer() throws IOException {
    Box box = lab.running(Plan.shell("read x").withStdin(false));
    Thread.ofVirtual()
        .start(() -> {
          Lab.await("exec runs", () -> Lab.runs("543210"));
          try {
            box.shim().kill(9);
          } catch (ShimException e) {
            throw new IllegalStateException(e);
          }
        });
    Ran result = box.exec(Lab.process(false, "/bin/sleep", "543210"), AMPLE, LIMIT);
    assertThat(result.exitCode()).isEqualTo(137);
    // The exec's end may be told before the container's.
    Lab.await("container has ended", () -> box.shim().exit().isPresent());
    assertThatThrownBy(() -> box.exec(Lab.script("true"), AMPLE, LIMIT))
        .hasMessage("container is not running");
  }
}
