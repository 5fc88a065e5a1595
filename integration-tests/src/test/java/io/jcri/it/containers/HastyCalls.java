package io.jcri.it.containers;

import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Callers of ExecSync that leave before its end. */
final class HastyCalls {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private HastyCalls() {}

  /** Starts a command that never ends, and leaves when its last word is seen among processes. */
  static void leave(TestNode node, TestContainer container, String... command) throws IOException {
    String last = command[command.length - 1];
    String word = last.substring(last.lastIndexOf(' ') + 1);
    var call =
        RuntimeServiceGrpc.newFutureStub(node.cri().channel())
            .execSync(
                ExecSyncRequest.newBuilder()
                    .setContainerId(container.id())
                    .addAllCmd(List.of(command))
                    .build());
    Waiting.until(
        PATIENCE,
        () -> runs(container, word),
        () -> "the command does not run: " + container.sh("ps -o args"));
    call.cancel(true);
    Waiting.until(
        PATIENCE,
        () -> !runs(container, word),
        () -> "the command lives on: " + container.sh("ps -o args"));
  }

  private static boolean runs(TestContainer container, String word) {
    return container.sh("ps -o args").lines().anyMatch(line -> line.equals("sleep " + word));
  }
}
