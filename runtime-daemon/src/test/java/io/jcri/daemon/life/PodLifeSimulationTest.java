package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two clients run, stop and remove one pod over and over, while its pause process ends, actions
 * fail, the daemon dies between any two actions and the machine is restarted. Whatever the order:
 * what there is of a pod has a record, and a removal leaves nothing, no address either.
 */
class PodLifeSimulationTest {
  private static final int SEEDS = 10_000;
  private static final int STEPS = 100;

  @Test
  void nothingIsUnrecordedAndNothingIsLeft() throws Exception {
    SeededThreads.forEachSeed(SEEDS, PodLifeSimulationTest::run);
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    SimulatedPod node = new SimulatedPod(random);
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(40)) {
        case 0 -> node.daemonDies(false);
        case 1 -> node.daemonDies(random.nextInt(3) == 0);
        case 2 -> node.pauseEnds();
        case 3, 4, 5 -> node.call("client 1");
        case 6, 7, 8 -> node.call("client 2");
        default -> node.goOn();
      }
    }
    node.calmDown();
    settle(node);
    node.checkAtRest();
    node.threads().begin("client 1", node::remove);
    settle(node);
    node.checkGone();
    node.threads().begin("client 1", node::runPod);
    settle(node);
    assertThat(node.phase()).as("after another creation").contains(PodPhase.READY);
  }

  private static void settle(SimulatedPod node) {
    for (int i = 0; i < 5_000; i++) {
      if (!node.goOn()) {
        return;
      }
    }
    fail("something waits for ever: %s", node);
  }
}
