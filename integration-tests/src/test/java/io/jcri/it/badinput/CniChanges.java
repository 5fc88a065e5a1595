package io.jcri.it.badinput;

import io.grpc.StatusRuntimeException;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** Changes of a node's CNI configurations, which the daemon sees in its own time. */
final class CniChanges {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private CniChanges() {}

  /**
   * Puts a configuration in place, whole at once: half of it would make the node not ready, which
   * looks like the change.
   */
  static void put(TestNode node, String file, String text) throws IOException {
    Path whole = Files.writeString(node.scratch().disk().resolve("changed.conflist"), text);
    Files.move(whole, node.networks().resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns once the daemon has seen the change: why no pod is made any more. */
  static String awaitRefusal(TestNode node) throws IOException {
    String[] why = {""};
    Waiting.until(
        PATIENCE,
        () -> {
          try {
            TestPod.run(node, node.podConfig().build(), "");
            node.cri().removeAllPods();
            return false;
          } catch (StatusRuntimeException e) {
            why[0] = String.valueOf(e.getMessage());
            return true;
          }
        },
        () -> "the changed configuration is not used");
    return why[0];
  }
}
