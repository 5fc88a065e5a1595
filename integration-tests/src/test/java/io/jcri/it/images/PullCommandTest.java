package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TokenGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri pull} and {@code jcri pulls}. */
class PullCommandTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final TestImage.Platform FOREIGN = new TestImage.Platform("linux", "s390x", "");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @Test
  void eachLayerHasALineAndTheEndHasOne() throws IOException {
    TestImage image = TestImages.marked("lines");
    String name = NODE.registry().push("lines", "1", image);
    assertThat(jcri.out("pull", name).lines())
        .hasSize(3)
        .last()
        .isEqualTo("pulled " + name + " " + image.config().digest());
    assertThat(jcri.out("pull", name))
        .as("again")
        .isEqualTo("pulled " + name + " " + image.config().digest() + "\n");
    assertThat(jcri.out("pulls").lines()).hasSize(1);
    assertThat(jcri.refusal("pull", NODE.registry().hostAndPort() + "/nobody:1"))
        .startsWith("cannot pull ")
        .contains("nobody:1");
    assertThat(jcri.refusal("pull", "UPPER")).startsWith("cannot pull UPPER: ");
  }

  @Test
  void aTerminalHasBars() throws IOException {
    String name = NODE.registry().push("bars", "1", TestImages.marked("bars"));
    Command.Result result =
        Command.of("script", "-qec", String.join(" ", jcri.line("pull", name)), "/dev/null").run();
    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(result.out())
        .contains("\u001b[K", "[====================]", "done", "1 of 1", "pulled " + name);
  }

  @Test
  void credentialsAreSentAndNotLogged() throws IOException {
    try (TokenGate gate = new TokenGate(NODE.registry().uri())) {
      String repository = "guarded";
      NODE.registry().push(repository, "1", TestImages.marked(repository));
      String name = gate.hostAndPort() + "/" + repository + ":1";
      assertThat(jcri.refusal("pull", name)).contains(gate.hostAndPort());
      assertThat(jcri.run("pull", "--creds", "nobody", name).exitCode()).isEqualTo(2);
      String pair = TokenGate.USER + ":" + TokenGate.PASSWORD;
      String _ = jcri.out("pull", "--creds", pair, name);
      String _ = jcri.out("rmi", name);
      String line = String.join(" ", jcri.line("pull", "--creds-stdin", name));
      Command.Result piped = Command.of("sh", "-c", "echo " + pair + " | " + line).run();
      assertThat(piped.exitCode()).as(piped.err()).isZero();
      assertThat(Files.readString(NODE.daemon().log()))
          .contains(name)
          .doesNotContain(TokenGate.PASSWORD);
    }
  }

  @Test
  void anotherPlatformIsTakenWhenAskedFor() throws IOException {
    TestImage foreign = TestImages.marked("foreign").with(FOREIGN);
    TestIndex index = new TestIndex(Flavor.OCI, List.of(TestImages.marked("own"), foreign));
    String name = NODE.registry().push("platforms", "1", index);
    assertThat(jcri.out("pull", "--platform", "linux/s390x", name))
        .contains("pulled " + name + " " + foreign.config().digest());
    assertThat(jcri.refusal("pull", "--platform", "s390x", name))
        .isEqualTo(
            "cannot pull "
                + name
                + ": a platform is OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT,"
                + " not s390x");
  }

  @Test
  void anInterruptedCommandEndsItsPullAndNobodyElses() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    TestImage image = TestImages.marked("held");
    String layer = image.layers().getLast().blob().digest();
    NODE.registry().push("held", "1", image);
    try (RegistryProxy proxy =
            new RegistryProxy(
                NODE.registry().uri(),
                (path, body) -> {
                  if (path.endsWith(layer) && held.compareAndSet(false, true)) {
                    awaitQuietly(released);
                  }
                  return body;
                });
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String name = proxy.hostAndPort() + "/held:1";
      Path output = Files.createTempFile(NODE.scratch().disk(), "pull", ".out");
      Process command =
          new ProcessBuilder(jcri.line("pull", name))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        awaitPulls(List.of(name + "  jcri pull  "));
        Future<String> other = threads.submit(() -> NODE.pull(name));
        awaitPulls(List.of(name + "  jcri pull  ", name + "  CRI  "));
        interrupt(command);
        assertThat(command.waitFor()).isNotZero();
        assertThat(other.get()).isEqualTo(image.config().digest());
        awaitPulls(List.of());
      } finally {
        released.countDown();
        command.destroyForcibly();
      }
    }
  }

  @Test
  void withItsOnlyCommandAPullEnds() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    TestImage image = TestImages.marked("alone");
    NODE.registry().push("alone", "1", image);
    try (RegistryProxy proxy =
        new RegistryProxy(
            NODE.registry().uri(),
            (path, body) -> {
              if (path.contains("/blobs/")) {
                awaitQuietly(released);
              }
              return body;
            })) {
      String name = proxy.hostAndPort() + "/alone:1";
      Process command = new ProcessBuilder(jcri.line("pull", name)).inheritIO().start();
      try {
        awaitPulls(List.of(name + "  jcri pull  "));
        interrupt(command);
        awaitPulls(List.of());
        assertThat(jcri.out("images")).doesNotContain(name);
      } finally {
        released.countDown();
        command.destroyForcibly();
      }
    }
  }

  /** Not SIGINT, which whatever was started in the background ignores; for Java they are one. */
  private static void interrupt(Process command) throws IOException {
    assertThat(Command.of("kill", "-TERM", Long.toString(command.pid())).run().exitCode()).isZero();
  }

  /** Waits until these lines, by their beginnings, are all that is under way. */
  private void awaitPulls(List<String> starts) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> {
          List<String> lines = pulls();
          return lines.size() == starts.size()
              && starts.stream()
                  .allMatch(start ->
                      lines.stream().anyMatch(line -> squeezed(line).startsWith(squeezed(start))));
        },
        () -> "pulls under way: " + pulls());
  }

  /** Columns are as wide as they must be. */
  private static String squeezed(String line) {
    return line.replaceAll(" +", " ");
  }

  private List<String> pulls() {
    try {
      return jcri.out("pulls").lines().skip(1).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
