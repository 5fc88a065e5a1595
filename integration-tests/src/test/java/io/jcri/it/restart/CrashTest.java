package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon is killed while pods are made and unmade; nothing of them stays. */
class CrashTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CALLERS = 4;
  private static final HeldPrograms PROGRAMS = HeldPrograms.create();

  @RegisterExtension static final TestNode NODE = new TestNode(Map.of("runc", PROGRAMS.runc()));

  @BeforeAll
  static void holdTheBridge() throws IOException {
    Path plugins = Files.createDirectories(NODE.scratch().disk().resolve("cni-plugins"));
    Files.createSymbolicLink(plugins.resolve("held-bridge"), PROGRAMS.bridge());
    Path network = NODE.networks().resolve("10-test.conflist");
    Path changed =
        Files.writeString(
            NODE.scratch().disk().resolve("changed"),
            Files.readString(network).replace("\"type\": \"bridge\"", "\"type\": \"held-bridge\""));
    Files.move(changed, network, StandardCopyOption.REPLACE_EXISTING);
    // A fresh daemon has read it, however slowly the one before is told of changes.
    NODE.daemon().stop();
    NODE.daemon().start();
  }

  @AfterAll
  static void removePrograms() throws IOException {
    PROGRAMS.delete();
  }

  /** What is held goes on when the daemon is dead, and ends before the next one starts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ADD-before",
        "ADD-after",
        "run-before",
        "run-after",
        "delete-before",
        "delete-after",
        "DEL-before",
        "DEL-after",
      })
  void whatWasHalfMadeIsUndone(String moment) throws Exception {
    PROGRAMS.holdAt(moment);
    List<CompletableFuture<Status.Code>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          CompletableFuture.supplyAsync(
              CrashTest::makeAndUnmakePods, task -> Thread.ofVirtual().start(task)));
    }
    PROGRAMS.awaitHeld();
    NODE.daemon().kill();
    for (CompletableFuture<Status.Code> caller : callers) {
      assertThat(caller.get()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    PROGRAMS.release();
    NODE.daemon().start();

    NODE.cri().removeAllPods();
    Waiting.until(
        PATIENCE,
        () -> {
          try {
            NODE.cri().removeAllPods();
            NODE.assertNoPodIsLeft();
            return NODE.leases().isEmpty();
          } catch (AssertionError notYet) {
            return false;
          }
        },
        CrashTest::whatIsLeft);
  }

  /** Until the daemon is gone; returns what the call in progress was told. */
  private static Status.Code makeAndUnmakePods() {
    try {
      while (true) {
        PodSandboxConfig.Builder config = NODE.podConfig();
        TestPod pod = NODE.pod(config);
        pod.idle();
        pod.stop();
        pod.remove();
      }
    } catch (StatusRuntimeException killed) {
      return killed.getStatus().getCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String whatIsLeft() {
    try {
      NODE.assertNoPodIsLeft();
      return NODE.leases() + " are not given back";
    } catch (IOException | AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }
}
