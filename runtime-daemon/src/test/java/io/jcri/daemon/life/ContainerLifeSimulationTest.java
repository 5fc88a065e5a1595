package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two clients create, start, stop and remove one container over and over, while it exits, its shim
 * dies or falls silent, actions fail, the daemon dies between any two actions and the machine is
 * restarted. Whatever the order: what runs has a record, an exit once recorded stays, and a removal
 * leaves nothing.
 */
class ContainerLifeSimulationTest {
  private static final int SEEDS = 10_000;
  private static final int STEPS = 120;

  @Test
  void nothingRunsUnrecordedAndNothingIsLeft() throws Exception {
    SeededThreads.forEachSeed(SEEDS, ContainerLifeSimulationTest::run);
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    SimulatedContainer node = new SimulatedContainer(random);
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(40)) {
        case 0 -> node.daemonDies(false);
        case 1 -> node.daemonDies(random.nextInt(3) == 0);
        case 2, 3 -> node.processEnds(random.nextInt(200));
        case 4 -> node.shimEnds();
        case 5 -> node.shimFallsSilent();
        case 6, 7, 8 -> node.call("client 1");
        case 9, 10, 11 -> node.call("client 2");
        default -> node.goOn();
      }
    }
    node.calmDown();
    settle(node);
    node.checkAtRest();
    node.threads().begin("client 1", node::remove);
    settle(node);
    node.checkGone();
    node.threads().begin("client 1", node::create);
    settle(node);
    assertThat(node.phase()).as("after another creation").contains(ContainerPhase.CREATED);
  }

  private static void settle(SimulatedContainer node) {
    for (int i = 0; i < 5_000; i++) {
      if (!node.goOn()) {
        return;
      }
    }
    fail("something waits for ever: %s", node);
  }
}
