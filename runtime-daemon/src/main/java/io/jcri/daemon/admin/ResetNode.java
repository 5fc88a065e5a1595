package io.jcri.daemon.admin;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.Pod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code reset}: ends and removes every pod with its containers, as RemovePodSandbox does, and
 * containers whose pod is not known any more. One that can't be removed does not keep the others;
 * it is the failure that is told at the end.
 */
final class ResetNode implements AdminHandler {
  private static final Logger log = LoggerFactory.getLogger(ResetNode.class);

  private final AdminNode node;

  ResetNode(AdminNode node) {
    this.node = node;
  }

  private interface Step {
    void take();
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    List<String> failures = new ArrayList<>();
    for (Pod pod : node.pods().list()) {
      String name = pod.config().metadata().namespace() + "/" + pod.config().metadata().name();
      remove(
          call, new NodeMessages.Removed("pod", pod.id(), name), () -> remove(pod.id()), failures);
    }
    for (Container container : node.containers().list()) {
      if (node.pods().find(container.podId()).isEmpty()) {
        remove(
            call,
            new NodeMessages.Removed("container", container.id(), container.config().name()),
            () -> node.containers().remove(container.id()),
            failures);
      }
    }
    if (!failures.isEmpty()) {
      throw new JcriException(JcriException.Kind.INTERNAL, String.join("; ", failures));
    }
  }

  private void remove(String id) {
    node.pods().markStopping(id);
    node.containers().removeAll(id);
    node.pods().remove(id);
  }

  private static void remove(
      AdminCall call, NodeMessages.Removed what, Step step, List<String> failures)
      throws IOException {
    try {
      step.take();
      log.info("{} {} was removed by an operator's reset", what.kind(), what.id());
      call.answer(what);
    } catch (RuntimeException e) {
      log.warn("{} {} is not removed: {}", what.kind(), what.id(), e.getMessage());
      failures.add(what.kind() + " " + what.name() + ": " + e.getMessage());
    }
  }
}
