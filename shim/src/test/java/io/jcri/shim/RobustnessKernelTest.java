package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A daemon may be killed at any moment, and speak nonsense: the shim goes on and leaks nothing. */
class RobustnessKernelTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);

  private final Lab lab = new Lab();

  RobustnessKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  /** Sends a request, or its beginning, and is gone before the answer. */
  private static void sendAndVanish(Box box, byte[] bytes, int length) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(box.state().resolve("shim.sock")));
      ByteBuffer part = ByteBuffer.wrap(bytes, 0, length);
      while (part.hasRemaining()) {
        channel.write(part);
      }
    }
  }

  private static void sendAndVanish(Box box, Frame.Builder request) throws IOException {
    byte[] bytes = request.encode();
    sendAndVanish(box, bytes, bytes.length);
  }

  private static ShimStatus.State state(Box box) {
    try {
      return box.shim().status().state();
    } catch (ShimException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long descriptors(Box box) {
    try (Stream<Path> all = Files.list(Path.of("/proc/" + box.shim().process().pid() + "/fd"))) {
      return all.count();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aStartGoesOnWithoutItsClient() throws IOException {
    Box box = lab.box(Plan.shell("echo alive; exit 11"));
    sendAndVanish(box, Frame.request(Wire.START));
    assertThat(box.awaitExit().exitCode()).isEqualTo(11);
    assertThat(box.logLines()).containsExactly("stdout F alive");
  }

  @Test
  void aDeleteGoesOnWithoutItsClient() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    sendAndVanish(box, Frame.request(Wire.DELETE));
    Lab.await("shim ends", () -> !Files.exists(box.state().resolve("shim.sock")));
    assertThat(ExitRecord.read(box.exitRecord()).exitCode()).isEqualTo(137);
    assertThat(lab.root.resolve("r").resolve(box.id())).doesNotExist();
  }

  @Test
  void aShimThatNobodyCanAskToStartEnds() throws IOException {
    Box box = lab.box(new Plan("/bin/sleep", "1000"));
    var process = box.shim().process();
    box.shim().close();
    Lab.await("shim ends", () -> !Files.exists(box.state().resolve("shim.sock")));
    Lab.await("process ends", () -> !Files.exists(Path.of("/proc/" + process.pid())));
  }

  @Test
  void sessionsWhoseClientsVanishLeaveNothing() throws IOException {
    Box box = lab.running(Plan.shell("read x").withStdin(false));
    box.exec(Lab.script("true"), AMPLE, 100);
    long before = descriptors(box);
    Frame.Builder[] requests = {
      Frame.request(Wire.EXEC_SYNC)
          .bytes(Wire.TAG_PROCESS, Lab.script("yes | head -c 3000000"))
          .number(Wire.TAG_LIMIT, 1 << 24),
      Frame.request(Wire.EXEC).bytes(Wire.TAG_PROCESS, Lab.script("echo hi")),
      Frame.request(Wire.EXEC)
          .bytes(Wire.TAG_PROCESS, Lab.script("cat"))
          .flag(Wire.TAG_STDIN, true),
      Frame.request(Wire.EXEC)
          .bytes(Wire.TAG_PROCESS, Lab.process(true, "/bin/sh"))
          .flag(Wire.TAG_TTY, true)
          .flag(Wire.TAG_STDIN, true),
      Frame.request(Wire.EXEC_SYNC).bytes(Wire.TAG_PROCESS, Lab.process(false, "/no/such")),
      Frame.request(Wire.ATTACH).flag(Wire.TAG_STDIN, true).flag(Wire.TAG_STDOUT, true),
      Frame.request(Wire.WATCH),
      Frame.request(Wire.STATUS),
    };
    for (int round = 0; round < 3; round++) {
      for (Frame.Builder request : requests) {
        sendAndVanish(box, request);
      }
    }
    Lab.await("all is closed", () -> descriptors(box) <= before);
    assertThat(state(box)).isEqualTo(ShimStatus.State.RUNNING);
  }

  @Test
  void manyProbesLeaveNothing() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    box.exec(Lab.script("true"), AMPLE, 100);
    long before = descriptors(box);
    for (int i = 0; i < 40; i++) {
      Ran result = box.exec(Lab.script("sleep 0.01 & echo " + i), AMPLE, 100);
      assertThat(result.exitCode()).isZero();
    }
    Lab.await("all is closed", () -> descriptors(box) <= before);
    try (Stream<Path> files = Files.list(box.state())) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("b", "init.pid", "running", "log", "shim.log", "shim.sock");
    }
    assertThat(box.state().resolve("shim.log")).isEmptyFile();
  }

  /** Such a process is often dead before the runtime that started it. */
  @Test
  void noExitCodeIsTakenForAStrangers() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    int right =
        IntStream.range(0, 120)
            .parallel()
            .map(i -> {
              try {
                byte[] process = Lab.process(false, "/bin/sh", "-c", "exit " + i % 100);
                Ran result = box.exec(process, AMPLE, 100);
                return !result.timedOut() && result.exitCode() == i % 100 ? 1 : 0;
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            })
            .sum();
    assertThat(right).isEqualTo(120);
  }

  @Test
  void exitCodesAreThereThoughWhoStartedTheShimIgnoresThem() throws IOException {
    Path starter = lab.root.resolve("starter");
    Files.writeString(starter, "#!/bin/sh\ntrap '' CHLD\nexec " + Lab.SHIM + " \"$@\"\n");
    Files.setPosixFilePermissions(starter, PosixFilePermissions.fromString("rwx------"));
    Box box = lab.running(Plan.shell("read x; exit 9").withStdin(false).withShim(starter));
    assertThat(box.exec(Lab.script("exit 5"), AMPLE, 100).exitCode()).isEqualTo(5);
    box.shim().closeStdin();
    assertThat(box.awaitExit().exitCode()).isEqualTo(9);
  }

  @Test
  void nonsenseHurtsOnlyItsConnection() throws IOException {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    long before = descriptors(box);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(815);
    byte[] whole = Frame.request(Wire.STATUS).number(Wire.TAG_PID, 1).encode();
    for (int round = 0; round < 500; round++) {
      byte[] bytes = whole.clone();
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      // Type 11 would be understood all too well.
      if (bytes[7] != Wire.DELETE) {
        sendAndVanish(box, bytes, random.nextInt(bytes.length + 1));
      }
    }
    assertThat(state(box)).isEqualTo(ShimStatus.State.RUNNING);
    Lab.await("all is closed", () -> descriptors(box) <= before);
  }

  @Test
  void anUnknownRequestIsRefusedByName() throws IOException {
    Box box = lab.box(new Plan("/bin/true"));
    try (ShimConnection connection = ShimConnection.open(box.state().resolve("shim.sock"))) {
      connection.send(Frame.request(99));
      assertThatThrownBy(() -> connection.receiveOk(AMPLE))
          .hasMessage("unknown request 99 (shim protocol 1)");
      connection.send(Frame.request(Wire.STATUS).number(999, 1));
      assertThat(connection.receiveOk(AMPLE).text(Wire.TAG_CONTAINER_ID)).isEqualTo(box.id());
    }
  }

  @Test
  void anInterruptedCallerIsToldSo() throws Exception {
    Box box = lab.running(new Plan("/bin/sleep", "1000"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> box.exec(Lab.script("sleep 5"), AMPLE, 100))
        .isInstanceOfSatisfying(
            ShimException.class,
            e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }
}
