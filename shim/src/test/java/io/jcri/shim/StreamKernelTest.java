package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that stream to and from a container: exec and attach, with and without a terminal. */
class StreamKernelTest {
  private static final int SIGSTOP = 19;
  private static final int SIGCONT = 18;

  private final Lab lab = new Lab();

  StreamKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  private static String all(Optional<InputStream> stream) throws IOException {
    return new String(stream.orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static int available(Optional<InputStream> stream) {
    try {
      return stream.orElseThrow().available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(SessionStreams streams, String text) throws IOException {
    OutputStream stdin = streams.stdin().orElseThrow();
    stdin.write(text.getBytes(StandardCharsets.UTF_8));
    stdin.flush();
  }

  /** Reads until the text has come. */
  private static String until(InputStream stream, String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = stream.read();
      assertThat(next).as("stream ended after: %s", seen).isNotNegative();
      seen.append((char) next);
    }
    return seen.toString();
  }

  @Test
  void execPassesStreamsAndHalfClose() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec = box.shim().exec(Lab.script("wc -c; echo e >&2; exit 6"), false, true)) {
      write(exec, "x".repeat(200_000));
      exec.stdin().orElseThrow().close();
      assertThat(all(exec.stdout())).isEqualTo("200000\n");
      assertThat(all(exec.stderr())).isEqualTo("e\n");
      assertThat(exec.waitFor()).isEqualTo(6);
    }
  }

  @Test
  void execWithoutStdinReadsItsEnd() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec = box.shim().exec(Lab.script("cat; echo ended"), false, false)) {
      assertThat(exec.stdin()).isEmpty();
      assertThat(all(exec.stdout())).isEqualTo("ended\n");
      assertThat(exec.waitFor()).isZero();
    }
  }

  @Test
  void execOutputIsWholeHoweverLateItIsRead() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec =
        box.shim().exec(Lab.script("yes | head -c 9000000; exit 2"), false, false)) {
      Lab.await("pipe is full", () -> available(exec.stdout()) >= 65_536);
      assertThat(exec.stdout().orElseThrow().readAllBytes()).hasSize(9_000_000);
      assertThat(exec.waitFor()).isEqualTo(2);
    }
  }

  @Test
  void execStreamsEndThoughALeftOverHoldsThem() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec = box.shim().exec(Lab.script("sleep 432109 & echo gone"), false, false)) {
      assertThat(all(exec.stdout())).isEqualTo("gone\n");
      assertThat(exec.waitFor()).isZero();
    }
  }

  @Test
  void execTerminalHasASizeAndHangsUp() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    ExecStreams exec = box.shim().exec(Lab.process(true, "/bin/sh"), true, true);
    InputStream screen = exec.stdout().orElseThrow();
    assertThat(exec.stderr()).isEmpty();
    box.shim().resize(Optional.of(exec.id()), 123, 45);
    write(exec, "stty size; test -t 0 && echo ter''minal\n");
    assertThat(until(screen, "terminal")).contains("45 123");
    write(exec, "sleep 321098\n");
    Lab.await("command runs", () -> Lab.runs("321098"));
    exec.close();
    Lab.await("terminal hangs up", () -> !Lab.runs("321098"));
  }

  @Test
  void execTerminalTellsItsExitCode() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec =
        box.shim().exec(Lab.process(true, "/bin/sh", "-c", "echo hi; exit 8"), true, false)) {
      assertThat(all(exec.stdout())).isEqualTo("hi\r\n");
      assertThat(exec.waitFor()).isEqualTo(8);
    }
  }

  @Test
  void execRefusalHasTheRuntimesText() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    assertThatThrownBy(() -> box.shim().exec(Lab.process(false, "/no/such"), false, true))
        .isInstanceOf(ShimException.class)
        .hasMessageContaining("/no/such");
    assertThatThrownBy(() -> box.shim().exec(Lab.process(true, "/no/such"), true, true))
        .isInstanceOf(ShimException.class)
        .hasMessageContaining("/no/such");
  }

  @Test
  void attachSeesOutputAndGivesInputOnce() throws IOException {
    Box box =
        lab.running(Plan.shell("while read l; do echo got $l; done; echo eof").withStdin(true));
    try (AttachStreams attach = box.shim().attach(true, true, true)) {
      write(attach, "a\nb\n");
      attach.stdin().orElseThrow().close();
      assertThat(all(attach.stdout())).isEqualTo("got a\ngot b\neof\n");
      assertThat(all(attach.stderr())).isEmpty();
    }
    assertThat(box.awaitExit().exitCode()).isZero();
    assertThat(box.logLines()).containsExactly("stdout F got a", "stdout F got b", "stdout F eof");
  }

  @Test
  void attachMayComeAgainWhenStdinStaysOpen() throws IOException {
    Box box =
        lab.running(Plan.shell("read a; echo 1$a; read b; echo 2$b; exit 3").withStdin(false));
    try (AttachStreams first = box.shim().attach(true, true, false)) {
      write(first, "x\n");
      assertThat(until(first.stdout().orElseThrow(), "1x\n")).isEqualTo("1x\n");
    }
    try (AttachStreams second = box.shim().attach(true, true, false);
        AttachStreams onlooker = box.shim().attach(false, true, false)) {
      write(second, "y\n");
      assertThat(all(second.stdout())).isEqualTo("2y\n");
      assertThat(all(onlooker.stdout())).isEqualTo("2y\n");
    }
    assertThat(box.awaitExit().exitCode()).isEqualTo(3);
  }

  @Test
  void inputOutlivesItsClient() throws IOException {
    Box box = lab.running(Plan.shell("cat | wc -c").withStdin(true));
    try (AttachStreams attach = box.shim().attach(true, false, false)) {
      write(attach, "z".repeat(300_000));
    }
    assertThat(box.awaitExit().exitCode()).isZero();
    assertThat(box.logLines()).containsExactly("stdout F 300000");
  }

  @Test
  void aClientThatDoesNotReadSlowsNobody() throws IOException {
    Box box =
        lab.running(
            Plan.shell("read x; yes 0123456789 | head -n 200000; echo last").withStdin(false));
    try (AttachStreams lazy = box.shim().attach(true, true, false)) {
      write(lazy, "go\n");
      assertThat(box.awaitExit().exitCode()).isZero();
      assertThat(box.logLines()).hasSize(200_001).endsWith("stdout F last");
      assertThat(all(lazy.stdout())).startsWith("0123456789\n").contains("bytes dropped]");
    }
  }

  @Test
  void terminalContainerIsLoggedAndAttached() throws IOException {
    Box box =
        lab.running(
            Plan.shell("stty -echo; echo ready; read l; echo got $l; stty size; exit 4")
                .withTerminal()
                .withStdin(false));
    try (AttachStreams attach = box.shim().attach(true, true, true)) {
      assertThat(attach.stderr()).isEmpty();
      Lab.await("shell reads", () -> ContainerKernelTest.logHas(box, "stdout F ready"));
      box.shim().resize(Optional.empty(), 77, 33);
      write(attach, "word\n");
      assertThat(all(attach.stdout())).endsWith("got word\r\n33 77\r\n");
    }
    assertThat(box.awaitExit().exitCode()).isEqualTo(4);
    assertThat(box.logLines())
        .containsExactly("stdout F ready", "stdout F got word", "stdout F 33 77");
  }

  @Test
  void leavingUnblocksAReader() throws Exception {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    AttachStreams attach = box.shim().attach(false, true, false);
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                attach.stdout().orElseThrow().readAllBytes();
              } catch (IOException closed) {
                // Either an end or an error will do: the thread must come back.
                return;
              }
            });
    attach.close();
    reader.join(30_000);
    assertThat(reader.isAlive()).isFalse();
  }

  /** The container never reads, so that the pipe to the shim is full for good. */
  @Test
  void closingStdinEndsAWriteThatWaits() throws Exception {
    Box box = lab.running(new Plan("/bin/sleep", "1000").withStdin(false));
    AttachStreams attach = box.shim().attach(true, true, false);
    OutputStream stdin = attach.stdin().orElseThrow();
    CompletableFuture<IOException> refused = new CompletableFuture<>();
    AtomicLong written = new AtomicLong();
    Thread.ofPlatform()
        .start(() -> {
          try {
            while (true) {
              stdin.write(new byte[4096]);
              written.addAndGet(4096);
            }
          } catch (IOException e) {
            refused.complete(e);
          }
        });
    // More than the container's pipe and the shim's buffer hold: some of it stays in ours.
    Lab.await("pipe to the container is full", () -> written.get() > 300_000);
    assertThat(refused).isNotDone();
    attach.hangUp();
    stdin.close();
    assertThat(refused.get(30, TimeUnit.SECONDS)).hasMessageContaining("closed");
    attach.close();
  }

  @Test
  void hangingUpEndsTheReadsOfASilentProcess() throws Exception {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec = box.shim().exec(Lab.script("sleep 1000"), false, true)) {
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> {
            try {
              return all(exec.stdout());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      exec.hangUp();
      assertThat(output.get(30, TimeUnit.SECONDS)).isEmpty();
      assertThatThrownBy(exec::waitFor).isInstanceOf(ShimException.class);
    }
  }

  /** A shim that was stopped closes nothing; the threads of its clients end all the same. */
  @Test
  void hangingUpEndsTheReadsOfAShimThatWasStopped() throws Exception {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    try (ExecStreams exec = box.shim().exec(Lab.script("sleep 1000"), false, true)) {
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> {
            try {
              return all(exec.stdout());
            } catch (IOException e) {
              return e.getMessage();
            }
          });
      box.shim().process().signal(SIGSTOP);
      try {
        exec.hangUp();
        assertThat(output.get(30, TimeUnit.SECONDS)).contains("does not end its output");
      } finally {
        box.shim().process().signal(SIGCONT);
      }
    }
  }
}
