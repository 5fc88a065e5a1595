package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon is killed while pods are made and unmade; nothing of them stays. */
class CrashTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CALLERS = 4;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @RepeatedTest(12)
  void whatWasHalfMadeIsUndone(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Thread.ofVirtual().start(CrashTest::makeAndUnmakePods));
    }
    // Where in the work this falls is up to chance; the seed only spreads it.
    Thread.sleep(50 + random.nextInt(600));
    NODE.daemon().kill();
    for (Thread caller : callers) {
      caller.join();
    }
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

  private static void makeAndUnmakePods() {
    try {
      while (true) {
        PodSandboxConfig.Builder config = NODE.podConfig();
        TestPod pod = NODE.pod(config);
        pod.idle();
        pod.stop();
        pod.remove();
      }
    } catch (StatusRuntimeException killed) {
      assertThat(killed.getStatus().getCode()).isNotNull();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
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
