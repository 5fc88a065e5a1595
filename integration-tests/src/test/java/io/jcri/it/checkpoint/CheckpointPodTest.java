package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.CONNECTED;
import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static io.jcri.it.checkpoint.CheckpointCalls.assertUntouched;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.CheckpointPodRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checkpoints of whole pods: one moment for all containers, all or nothing. */
class CheckpointPodTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeAll
  static void prepare() throws IOException {
    CheckpointCalls.needCriu();
    CheckpointCalls.addHandler(NODE, "slow", "[ $verb = checkpoint ] && sleep 100");
    CheckpointCalls.addHandler(
        NODE,
        "watcher",
        """
        echo "$verb $(cat /sys/fs/cgroup/freezer/jcri/*/freezer.state /sys/fs/cgroup/jcri/*/cgroup.freeze \\
          2>/dev/null | tr '\\n' ' ')" >> $0.log
        """);
  }

  private static TestPod podOn(String handler) throws IOException {
    PodSandboxConfig config = NODE.podConfig().build();
    return TestPod.of(NODE, config, TestPod.run(NODE, config, handler));
  }

  private static TestContainer counter(TestPod pod) throws IOException {
    TestContainer counter = pod.start(COUNTER);
    counter.awaitLog("count 1");
    return counter;
  }

  private static void checkpoint(CheckpointPodRequest.Builder request) {
    var _ = NODE.cri().runtime().checkpointPod(request.build());
  }

  private static CheckpointPodRequest.Builder request(
      TestPod pod, Path output, TestContainer... containers) {
    return CheckpointCalls.podRequest(pod, output, containers).toBuilder();
  }

  @Test
  void allArePausedBeforeTheFirstIsCapturedAndUntilTheLastIs() throws IOException {
    TestPod pod = podOn("watcher");
    TestContainer one = counter(pod);
    TestContainer two = counter(pod);
    TestContainer left = counter(pod);
    Path output = CheckpointCalls.folder(NODE);
    checkpoint(request(pod, output, one, two));

    assertThat(CheckpointCalls.names(output))
        .containsExactlyInAnyOrder("pod.options", one.id() + ".tar", two.id() + ".tar");
    assertUntouched(NODE, one, two, left);
    List<String> seen = Files.readAllLines(NODE.scratch().disk().resolve("watcher.log"));
    List<String> words = seen.stream().map(line -> line.split(" ", 2)[0]).toList();
    assertThat(words).endsWith("pause", "pause", "checkpoint", "checkpoint", "resume", "resume");
    // What the kernel said of all cgroups of the pod when each capture began.
    assertThat(seen)
        .filteredOn(line -> line.startsWith("checkpoint"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(frozen(line)).isEqualTo(2));
    List<String> said =
        Files.readAllLines(NODE.daemon().log()).stream()
            .filter(line -> line.contains(one.id()) || line.contains(two.id()))
            .map(line -> line.replaceAll(".* container \\S+ [0-9a-f]+ | call=.*", ""))
            .filter(line -> line.matches("is paused.*|is captured|goes on"))
            .map(line -> line.replaceAll(" for a checkpoint", ""))
            .toList();
    assertThat(said)
        .containsExactly(
            "is paused", "is paused", "is captured", "is captured", "goes on", "goes on");
  }

  private static long frozen(String line) {
    return List.of(line.split(" ")).stream()
        .filter(word -> word.equals("FROZEN") || word.equals("1"))
        .count();
  }

  @Test
  void oneThatFailsMakesAllFail() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer good = counter(pod);
    TestContainer bad = pod.start(CONNECTED);
    bad.awaitLog("count 1");
    Path output = CheckpointCalls.folder(NODE);
    assertRefused(() -> checkpoint(request(pod, output, good, bad)), Code.INTERNAL, bad.id());
    assertThat(CheckpointCalls.names(output)).isEmpty();
    assertUntouched(NODE, good, bad);
  }

  @Test
  void theDeadlineLetsAllGoOn() throws IOException {
    TestPod pod = podOn("slow");
    TestContainer one = counter(pod);
    TestContainer two = counter(pod);
    Path output = CheckpointCalls.folder(NODE);
    assertRefused(
        () -> {
          var _ =
              NODE.cri()
                  .runtime()
                  .withDeadlineAfter(3, TimeUnit.SECONDS)
                  .checkpointPod(request(pod, output, one, two).build());
        },
        Code.DEADLINE_EXCEEDED);
    Path paused = NODE.daemon().state().resolve("paused");
    Waiting.until(
        PATIENCE,
        () -> CheckpointCalls.names(output).isEmpty() && CheckpointCalls.names(paused).isEmpty(),
        () -> output + " or " + paused + " is not empty again");
    one.awaitLog("count " + (CheckpointCalls.count(one) + 2));
    two.awaitLog("count " + (CheckpointCalls.count(two) + 2));
    assertUntouched(NODE, one, two);
  }

  @Test
  void aDaemonThatDiesMeanwhileLetsThemGoOnWhenItIsBack() throws IOException {
    TestPod pod = podOn("slow");
    TestContainer one = counter(pod);
    TestContainer two = counter(pod);
    Path output = CheckpointCalls.folder(NODE);
    var call =
        CompletableFuture.runAsync(() -> checkpoint(request(pod, output, one, two)))
            .handle((done, e) -> e);
    Waiting.until(
        PATIENCE, () -> !CheckpointCalls.names(output).isEmpty(), () -> "nothing was begun");
    NODE.daemon().kill();
    assertThat(call.join()).isNotNull();
    int then = CheckpointCalls.count(one);
    NODE.daemon().start();
    one.awaitLog("count " + (then + 2));
    assertUntouched(NODE, one, two);
    assertThat(CheckpointCalls.names(output)).isEmpty();
    assertThat(Command.of("pgrep", "-f", output.toString()).run().out()).isEmpty();
  }

  @Test
  void whatTheContractForbidsIsRefused() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer counter = counter(pod);
    TestContainer foreign = counter(NODE.pod());
    Path output = CheckpointCalls.folder(NODE);
    CheckpointPodRequest.Builder good = request(pod, output, counter);
    assertRefused(
        () -> {
          var _ =
              RuntimeServiceGrpc.newBlockingStub(NODE.cri().channel()).checkpointPod(good.build());
        },
        Code.INVALID_ARGUMENT,
        "deadline");
    assertRefused(
        () -> checkpoint(request(pod, output, counter).putOptions("speed", "high")),
        Code.INVALID_ARGUMENT,
        "speed");
    assertRefused(
        () -> checkpoint(request(pod, output, counter).setPodSandboxId("nobody")), Code.NOT_FOUND);
    assertRefused(() -> checkpoint(request(pod, output)), Code.INVALID_ARGUMENT, "container_ids");
    assertRefused(
        () -> checkpoint(request(pod, output, counter, counter)), Code.INVALID_ARGUMENT, "twice");
    assertRefused(
        () -> checkpoint(request(pod, output, counter, foreign)),
        Code.INVALID_ARGUMENT,
        foreign.id());
    assertRefused(
        () -> checkpoint(request(pod, output, counter).addContainerIds("nobody")), Code.NOT_FOUND);
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(
        () -> checkpoint(request(pod, output, counter, ended)),
        Code.FAILED_PRECONDITION,
        ended.id());
    assertRefused(
        () -> checkpoint(request(pod, Path.of("relative"), counter)), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> checkpoint(request(pod, output.resolve("missing"), counter)),
        Code.INVALID_ARGUMENT,
        "output_path");
    Path link = output.resolveSibling("link-to-" + output.getFileName());
    Files.createSymbolicLink(link, output);
    assertRefused(() -> checkpoint(request(pod, link, counter)), Code.INVALID_ARGUMENT);
    Path full = CheckpointCalls.folder(NODE);
    Files.writeString(full.resolve("theirs"), "");
    assertRefused(
        () -> checkpoint(request(pod, full, counter)), Code.FAILED_PRECONDITION, "not empty");
    assertThat(CheckpointCalls.names(full)).containsExactly("theirs");
    assertThat(CheckpointCalls.names(output)).isEmpty();
    assertUntouched(NODE, counter, foreign);
    pod.stop();
    assertRefused(() -> checkpoint(good), Code.FAILED_PRECONDITION, "not ready");
  }
}
