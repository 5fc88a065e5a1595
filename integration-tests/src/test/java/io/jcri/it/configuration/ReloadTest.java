package io.jcri.it.configuration;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.HostsDirectory;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon that takes up another configuration while it serves. */
class ReloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @AfterEach
  void takeTheDropInAway() throws IOException {
    NODE.daemon().dropIn().takeBack();
  }

  private static Path dropIn() {
    return NODE.daemon().dropIn().file();
  }

  private static void say(String toml) throws IOException {
    NODE.daemon().dropIn().write(toml);
  }

  /** Returns what was told. */
  private static List<String> reload() throws IOException {
    return NODE.daemon().dropIn().reload().orThrow().out().lines().toList();
  }

  private static String running() throws IOException {
    return new JcriCommand(NODE).out("config", "show", "--running");
  }

  private static String log() throws IOException {
    return Files.readString(NODE.daemon().log());
  }

  private static boolean pinned() {
    return NODE
        .cri()
        .images()
        .listImages(ListImagesRequest.getDefaultInstance())
        .getImagesList()
        .stream()
        .filter(image -> image.getRepoTagsList().contains(NODE.busybox()))
        .findFirst()
        .orElseThrow()
        .getPinned();
  }

  private static String pinning() {
    return "[images]\npinned = [\"" + NODE.busybox() + "\"]\n";
  }

  @Test
  void anImageIsPinnedAndNoLonger() throws IOException {
    assertThat(pinned()).isFalse();
    say(pinning());
    assertThat(reload())
        .containsExactly("applied: images.pinned ([] -> [\"" + NODE.busybox() + "\"])");
    assertThat(pinned()).isTrue();
    assertThat(running())
        .contains("pinned = [\"" + NODE.busybox() + "\"] # " + dropIn() + ":2\n")
        .contains("log_level = \"info\" # default\n")
        .contains("root = \"" + NODE.daemon().root() + "\" # " + NODE.daemon().configuration());
    assertThat(reload()).containsExactly("nothing has changed");
    Files.delete(dropIn());
    assertThat(reload()).hasSize(1);
    assertThat(pinned()).isFalse();
  }

  @Test
  void theNextPullFindsTheNewMirror() throws IOException {
    NODE.registry().push("reload/mirrored", "1", TestImages.marked("mirrored"));
    String name = "mirrored.invalid/reload/mirrored:1";
    assertRefused(() -> NODE.pull(name), Code.UNKNOWN, "mirrored.invalid");
    Path registries = NODE.scratch().disk().resolve("more-certs.d");
    HostsDirectory.mirror(registries, NODE.registry().uri(), List.of("mirrored.invalid"));
    say("[images]\nregistry_directories = [\"" + registries + "\"]\n");
    assertThat(reload()).hasSize(1).first().asString().startsWith("applied: images.registry_dir");
    assertThat(NODE.pull(name)).startsWith("sha256:");
  }

  @Test
  void aPullUnderWayGoesOnWhileTheNextHasTheNewSettings() throws Exception {
    NODE.registry().push("reload/slow", "1", TestImages.marked("slow"));
    NODE.registry().push("reload/next", "1", TestImages.marked("next"));
    Path registries = NODE.scratch().disk().resolve("next-certs.d");
    HostsDirectory.mirror(registries, NODE.registry().uri(), List.of("next.invalid"));
    CountDownLatch goOn = new CountDownLatch(1);
    try (RegistryProxy slow =
            new RegistryProxy(NODE.registry().uri(), (path, body) -> hold(path, body, goOn));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> pull = threads.submit(() -> NODE.pull(slow.hostAndPort() + "/reload/slow:1"));
      Waiting.until(PATIENCE, () -> slow.downloads() > 0, () -> "nothing is downloaded");
      say("[images]\nregistry_directories = [\"" + registries + "\"]\n");
      assertThat(reload()).hasSize(1);
      assertThat(NODE.pull("next.invalid/reload/next:1")).startsWith("sha256:");
      assertThat(workerSockets()).hasSize(2);
      goOn.countDown();
      assertThat(pull.get()).startsWith("sha256:");
    } finally {
      goOn.countDown();
    }
    Waiting.until(PATIENCE, () -> workerSockets().size() == 1, () -> "the old worker stays");
  }

  private static byte[] hold(String path, byte[] body, CountDownLatch goOn) {
    if (path.contains("/blobs/")) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return body;
  }

  private static List<Path> workerSockets() throws IOException {
    try (Stream<Path> files = Files.list(NODE.daemon().state())) {
      return files.filter(file -> file.getFileName().toString().matches("pulls.*\\.sock")).toList();
    }
  }

  @Test
  void theLogTellsMoreAndLessAgain() throws IOException {
    say("log_level = \"debug\"\n");
    assertThat(reload()).containsExactly("applied: log_level (\"info\" -> \"debug\")");
    TestPod _ = NODE.pod();
    Waiting.until(PATIENCE, () -> log().contains(" DEBUG "), ReloadTest::text);
    Files.delete(dropIn());
    assertThat(reload()).containsExactly("applied: log_level (\"debug\" -> \"info\")");
    long lines = log().lines().filter(line -> line.contains(" DEBUG ")).count();
    TestPod _ = NODE.pod();
    assertThat(log().lines().filter(line -> line.contains(" DEBUG "))).hasSize((int) lines);
  }

  private static String text() {
    try {
      return log();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aHandlerComesAndGoesAndItsPodsStay() throws IOException {
    assertRefused(
        () -> NODE.pod(NODE.podConfig(), "more"), Code.INVALID_ARGUMENT, "runtime_handler");
    say("[handlers.more]\nbinary = \"runc\"\n");
    assertThat(reload()).containsExactly("applied: handlers.more (added)");
    TestPod pod = NODE.pod(NODE.podConfig(), "more");
    TestContainer container = pod.idle();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    Files.delete(dropIn());
    assertThat(reload()).containsExactly("applied: handlers.more (removed)");
    assertRefused(
        () -> NODE.pod(NODE.podConfig(), "more"), Code.INVALID_ARGUMENT, "runtime_handler");
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertThat(pod.idle().state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
  }

  @Test
  void aConfigurationThatIsWrongChangesNothing() throws IOException {
    say(pinning());
    assertThat(reload()).hasSize(1);
    String before = running();
    say("log_level = \"debug\"\npinned = []\n\n[streaming]\nport = 99999\n");
    Command.Result result = NODE.daemon().dropIn().reload();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err().lines())
        .containsExactlyInAnyOrder(
            dropIn() + ":2: pinned is not a key that jcri knows, did you mean images.pinned?",
            dropIn() + ":5: streaming.port is 99999 but must be between 0 and 65535",
            "nothing is changed");
    assertThat(log())
        .contains("the configuration is wrong, the one before stays in use")
        .contains(dropIn() + ":2: pinned is not a key that jcri knows");
    assertThat(running()).isEqualTo(before);
    assertThat(pinned()).isTrue();
  }

  @Test
  void whatNeedsARestartIsNamedAndTheRestApplied() throws IOException {
    say("[streaming]\nport = 10010\n" + pinning());
    assertThat(reload())
        .containsExactly(
            "applied: images.pinned ([] -> [\"" + NODE.busybox() + "\"])",
            "needs a restart: streaming.port (0 -> 10010)");
    assertThat(pinned()).isTrue();
    assertThat(running()).contains("port = 0 # default\n");
    assertThat(reload()).containsExactly("needs a restart: streaming.port (0 -> 10010)");
  }

  @Test
  void aHangUpDoesTheSame() throws IOException {
    say(pinning());
    hangUp();
    Waiting.until(PATIENCE, ReloadTest::pinned, ReloadTest::text);
    say("root = 7\n");
    hangUp();
    Waiting.until(
        PATIENCE, () -> log().contains(dropIn() + ":1: root must be a string"), ReloadTest::text);
    assertThat(pinned()).isTrue();
  }

  @Test
  void aDaemonBelowNohupDoesTheSame() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startIgnoring("HUP");
    say(pinning());
    hangUp();
    Waiting.until(PATIENCE, ReloadTest::pinned, ReloadTest::text);
  }

  private static void hangUp() throws IOException {
    Command.Result _ =
        Command.of("kill", "-HUP", Long.toString(NODE.daemon().process().pid())).run().orThrow();
  }

  @Test
  void aDaemonWithAWrongConfigurationEndsWithStatus2() throws IOException {
    Path wrong = NODE.scratch().disk().resolve("wrong.toml");
    Files.writeString(wrong, "\nrot = \"/\"\n");
    Command.Result result =
        Command.of(
                Workspace.distribution().resolve("bin/jcri").toString(),
                "daemon",
                "--config",
                wrong.toString())
            .run();
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("jcri: " + wrong + ":2: rot is not a key that jcri knows, did you mean root?");
  }
}
