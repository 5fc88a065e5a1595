package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.CONNECTED;
import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static io.jcri.it.checkpoint.CheckpointCalls.assertUntouched;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Archives of running containers, and what is left when one cannot be made. */
class CheckpointContainerTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void prepare() throws IOException {
    CheckpointCalls.needCriu();
    CheckpointCalls.addHandler(
        NODE, "slow", "[ $verb = checkpoint ] && { sleep 1.777777; sleep 100; }");
    CheckpointCalls.addHandler(NODE, "criuless", "[ $verb = checkpoint ] && export PATH=/nowhere");
  }

  private static CheckpointContainerRequest.Builder request(TestContainer container, Path file) {
    return CheckpointContainerRequest.newBuilder()
        .setContainerId(container.id())
        .setLocation(file.toString());
  }

  private static void checkpoint(CheckpointContainerRequest.Builder request) {
    var _ = NODE.cri().runtime().checkpointContainer(request.build());
  }

  private static TestContainer counterOn(String handler) throws IOException {
    PodSandboxConfig config = NODE.podConfig().build();
    TestPod pod = TestPod.of(NODE, config, TestPod.run(NODE, config, handler));
    TestContainer counter = pod.start(COUNTER);
    counter.awaitLog("count 1");
    return counter;
  }

  @Test
  void theArchiveHoldsWhatToolsLookForAndTheContainerGoesOn() throws IOException {
    TestContainer counter = NODE.pod().start(COUNTER);
    counter.sh(
        "mkdir /made; echo text > /made/file; rm /etc/group; rm -r /var/log; mkdir /var/log");
    counter.awaitLog("count 3");
    Path folder = CheckpointCalls.folder(NODE);
    Path file = folder.resolve("c.tar");
    Files.writeString(file, "an older one");
    checkpoint(request(counter, file));

    assertUntouched(NODE, counter);
    assertThat(CheckpointCalls.names(folder)).containsExactly("c.tar");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path out = Files.createDirectory(folder.resolve("out"));
    Command.of("tar", "-xf", file.toString(), "-C", out.toString()).run().orThrow();
    assertThat(CheckpointCalls.names(out))
        .containsExactly(
            "checkpoint",
            "config.dump",
            "container.log",
            "dump.log",
            "rootfs-diff.tar",
            "spec.dump",
            "stats-dump",
            "status",
            "status.dump");
    assertThat(CheckpointCalls.names(out.resolve("checkpoint")))
        .contains("inventory.img", "pstree.img", "core-1.img", "descriptors.json");
    assertThat(Files.readString(out.resolve("config.dump")))
        .contains("\"id\": \"" + counter.id() + "\"", "\"runtime\": \"runc\"", NODE.busybox());
    assertThat(Files.readString(out.resolve("spec.dump"))).contains("\"ociVersion\"");
    assertThat(Files.readString(out.resolve("status.dump"))).contains("\"state\": 1");
    assertThat(Files.readString(out.resolve("container.log"))).contains("count 3");
    assertThat(
            Command.of("tar", "-tf", out.resolve("rootfs-diff.tar").toString())
                .run()
                .orThrow()
                .out()
                .lines())
        .contains("./", "made/", "made/file", "etc/.wh.group", "var/log/.wh..wh..opq");
  }

  @Test
  void whatCriuRefusesLeavesNothingAndSaysWhy() throws IOException {
    TestContainer connected = NODE.pod().start(CONNECTED);
    connected.awaitLog("count 3");
    Path folder = CheckpointCalls.folder(NODE);
    assertRefused(
        () -> checkpoint(request(connected, folder.resolve("c.tar"))),
        Code.INTERNAL,
        "CRIU's last words",
        "tcp-established");
    assertThat(CheckpointCalls.names(folder)).isEmpty();
    assertUntouched(NODE, connected);
  }

  @Test
  void theTimeoutEndsWhatIsAtWork() throws IOException {
    TestContainer counter = counterOn("slow");
    Path folder = CheckpointCalls.folder(NODE);
    assertRefused(
        () -> checkpoint(request(counter, folder.resolve("c.tar")).setTimeout(1)),
        Code.DEADLINE_EXCEEDED,
        "did not");
    assertThat(CheckpointCalls.names(folder)).isEmpty();
    assertUntouched(NODE, counter);
    assertThat(Command.of("pgrep", "-f", "^sleep 1.777777").run().out()).isEmpty();
  }

  @Test
  void oneAtATime() throws Exception {
    TestContainer counter = counterOn("slow");
    Path folder = CheckpointCalls.folder(NODE);
    var first =
        CompletableFuture.runAsync(
            () -> checkpoint(request(counter, folder.resolve("1.tar")).setTimeout(5)));
    Path paused = NODE.daemon().state().resolve("paused").resolve(counter.id());
    io.jcri.it.kit.Waiting.until(
        java.time.Duration.ofSeconds(20), () -> Files.exists(paused), () -> "not paused");
    assertRefused(
        () -> checkpoint(request(counter, folder.resolve("2.tar"))),
        Code.FAILED_PRECONDITION,
        "is being checkpointed already");
    assertThat(first.handle((done, e) -> String.valueOf(e)).get()).contains("DEADLINE_EXCEEDED");
  }

  @Test
  void aRuntimeThatFindsNoCriuSaysSo() throws IOException {
    TestContainer counter = counterOn("criuless");
    Path folder = CheckpointCalls.folder(NODE);
    assertRefused(
        () -> checkpoint(request(counter, folder.resolve("c.tar"))),
        Code.FAILED_PRECONDITION,
        "criu");
    assertThat(CheckpointCalls.names(folder)).isEmpty();
    assertUntouched(NODE, counter);
  }

  @Test
  void badRequestsAreRefused() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer counter = pod.start(COUNTER);
    Path folder = CheckpointCalls.folder(NODE);
    Path file = folder.resolve("c.tar");
    assertRefused(
        () -> checkpoint(request(counter, file).setContainerId("nobody")), Code.NOT_FOUND);
    assertRefused(
        () -> checkpoint(request(counter, file).setContainerId("")), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> checkpoint(request(counter, file).setLocation("")),
        Code.INVALID_ARGUMENT,
        "location");
    assertRefused(
        () -> checkpoint(request(counter, Path.of("c.tar"))), Code.INVALID_ARGUMENT, "absolute");
    assertRefused(
        () -> checkpoint(request(counter, folder.resolve("no/c.tar"))), Code.INVALID_ARGUMENT);
    assertRefused(() -> checkpoint(request(counter, folder)), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> checkpoint(request(counter, file).setTimeout(-1)), Code.INVALID_ARGUMENT, "timeout");
    TestContainer created = pod.create(pod.container(COUNTER));
    assertRefused(() -> checkpoint(request(created, file)), Code.FAILED_PRECONDITION, "CREATED");
    assertThat(CheckpointCalls.names(folder)).isEmpty();
    assertUntouched(NODE, counter);
  }
}
