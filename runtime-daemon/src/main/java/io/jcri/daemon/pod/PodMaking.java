package io.jcri.daemon.pod;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.life.PodAction;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.record.Registry;
import java.io.IOException;
import java.util.Map;

/**
 * A pod's way up, from its record to being ready. What it makes and can't go on with is undone by
 * whoever calls, who holds the pod's lock.
 *
 * <p>Thread-safe.
 */
final class PodMaking {
  private final Registry<Pod> pods;
  private final PodSteps steps;
  private final PodParts parts;
  private final SandboxWatch sandboxes;
  private final PodHooks hooks;

  PodMaking(
      Registry<Pod> pods, PodSteps steps, PodParts parts, SandboxWatch sandboxes, PodHooks hooks) {
    this.pods = pods;
    this.steps = steps;
    this.parts = parts;
    this.sandboxes = sandboxes;
    this.hooks = hooks;
  }

  /** See {@link PodParts#check}. */
  void check(PodConfig config) {
    parts.check(config);
  }

  /** All that a pod is made of. */
  void make(Pod pod) throws IOException {
    String id = pod.id();
    Stages stages = new Stages("RunPodSandbox " + pod.config().metadata() + " " + id);
    PodParts.Save save = change -> pods.update(id, change);
    steps.take(
        id,
        PodEvent.RUN,
        Map.of(
            PodAction.RECORD,
            () -> pods.add(pod),
            PodAction.MAKE_SANDBOX,
            () -> parts.makeSandbox(pods.require(id), save, stages),
            PodAction.JOIN_NETWORK,
            () -> parts.joinNetwork(pods.require(id), save, stages),
            PodAction.WRITE_FILES,
            () -> parts.writeFiles(pods.require(id), stages),
            PodAction.START_SANDBOX_CONTAINER,
            () -> parts.startContainer(pods.require(id), stages)));
    stages.finish();
    hooks.run(pods.require(id), () -> made(id));
  }

  private void made(String id) {
    try {
      steps.take(id, PodEvent.MADE, Map.of(PodAction.WATCH_SANDBOX, () -> sandboxes.watch(id)));
    } catch (IOException e) {
      throw Failures.unchecked(e, "watch over pod sandbox " + id);
    }
  }
}
