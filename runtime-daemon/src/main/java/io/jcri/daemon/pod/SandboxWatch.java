package io.jcri.daemon.pod;

import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.record.Registry;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees when pause processes end: without its own, a pod is not ready.
 *
 * <p>Thread-safe.
 */
final class SandboxWatch {
  private static final Logger log = LoggerFactory.getLogger(SandboxWatch.class);

  private final Registry<Pod> pods;
  private final PodSteps steps;
  private final PodParts parts;

  SandboxWatch(Registry<Pod> pods, PodSteps steps, PodParts parts) {
    this.pods = pods;
    this.steps = steps;
    this.parts = parts;
  }

  /** Watches the pause process of a pod, if the pod is still known. */
  void watch(String id) throws IOException {
    Optional<Pod> pod = pods.get(id);
    if (pod.isPresent()) {
      parts.onSandboxExit(pod.get(), () -> ended(id));
    }
  }

  /** Expected while the pod is being stopped; a surprise otherwise. */
  private void ended(String id) {
    pods.get(id)
        .filter(Pod::ready)
        .ifPresent(_ -> log.warn("the pause process of pod {} has died: the pod is not ready", id));
    steps.see(id, PodEvent.SANDBOX_ENDED);
  }
}
