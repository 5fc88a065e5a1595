package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon is killed while a container starts: the next one takes the start up. */
class StartTakenUpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HeldPrograms PROGRAMS = HeldPrograms.create();

  @RegisterExtension static final TestNode NODE = new TestNode(Map.of("runc", PROGRAMS.runc()));

  private final TestPod pod = NODE.pod();

  StartTakenUpTest() throws IOException {}

  @AfterAll
  static void removePrograms() throws IOException {
    PROGRAMS.delete();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-before", "run-after"})
  void theContainerRunsThoughNobodyAsksAgain(String moment) throws Exception {
    TestContainer container = counting();
    startAndKill(container, moment);
    PROGRAMS.release();
    NODE.daemon().start();
    awaitState(container, ContainerState.CONTAINER_RUNNING);
    assertRanOnce(container);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-before", "run-after"})
  void whoAsksAgainIsToldOnceItRuns(String moment) throws Exception {
    TestContainer container = counting();
    startAndKill(container, moment);
    NODE.daemon().start();
    CompletableFuture<Void> again = CompletableFuture.runAsync(container::start);
    PROGRAMS.release();
    try {
      again.join();
    } catch (java.util.concurrent.CompletionException e) {
      // The daemon itself was first.
      assertThat(e).hasMessageContaining("RUNNING");
    }
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertRanOnce(container);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-after"})
  void itsEndIsKnownThoughItCameBeforeTheNextDaemon(String moment) throws Exception {
    TestContainer container = pod.create(pod.container("sh", "-c", "echo ran; exit 6"));
    startAndKill(container, moment);
    PROGRAMS.release();
    Waiting.until(
        PATIENCE,
        () ->
            java.nio.file.Files.exists(
                NODE.daemon()
                    .state()
                    .resolve("containers")
                    .resolve(container.id())
                    .resolve("exit")),
        () -> "no exit record");
    NODE.daemon().start();
    assertThat(container.awaitExit().getExitCode()).isEqualTo(6);
    assertThat(container.log()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-before", "run-after"})
  void itCanBeRemovedWhileItHangs(String moment) throws Exception {
    TestContainer container = counting();
    startAndKill(container, moment);
    NODE.daemon().start();
    pod.stop();
    pod.remove();
    PROGRAMS.forget();
    NODE.assertNoPodIsLeft();
  }

  private TestContainer counting() throws IOException {
    return pod.create(
        pod.container(
            "sh",
            "-c",
            "echo begins; trap 'echo ends; exit 5' TERM; while :; do sleep 0.02; done"));
  }

  /** Asks for the start, and kills the daemon while the OCI runtime is held. */
  private static void startAndKill(TestContainer container, String moment) throws Exception {
    PROGRAMS.holdAt(moment);
    CompletableFuture<Void> start =
        CompletableFuture.runAsync(() -> {
          try {
            container.start();
          } catch (StatusRuntimeException killed) {
            // as was meant
          }
        });
    PROGRAMS.awaitHeld();
    NODE.daemon().kill();
    start.join();
  }

  private static void assertRanOnce(TestContainer container) throws IOException {
    container.awaitLog("begins");
    assertThat(container.status().getStartedAt()).isPositive();
    assertThat(container.sh("echo in it")).isEqualTo("in it");
    container.stop(60);
    assertThat(container.status().getExitCode()).isEqualTo(5);
    assertThat(container.log().stream().map(line -> line.text())).containsExactly("begins", "ends");
  }

  private static void awaitState(TestContainer container, ContainerState state) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> container.state() == state,
        () -> container.id() + " is " + container.state());
  }
}
