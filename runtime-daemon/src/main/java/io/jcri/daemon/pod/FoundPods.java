package io.jcri.daemon.pod;

import io.jcri.daemon.core.Attempts;
import io.jcri.daemon.life.PodAction;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.security.Selinux;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** Takes up the pods of the daemon before this one. Called before any call is served. */
final class FoundPods {
  private final Registry<Pod> pods;
  private final PodNames names;
  private final PodSteps steps;
  private final PodParts parts;
  private final SandboxWatch sandboxes;
  private final Selinux selinux;
  private final String bootId;

  /**
   * Of one node.
   *
   * @param bootId of this boot: a pod of another one is not ready
   */
  FoundPods(
      Registry<Pod> pods,
      PodNames names,
      PodSteps steps,
      PodParts parts,
      SandboxWatch sandboxes,
      Selinux selinux,
      String bootId) {
    this.pods = pods;
    this.names = names;
    this.steps = steps;
    this.parts = parts;
    this.sandboxes = sandboxes;
    this.selinux = selinux;
    this.bootId = bootId;
  }

  /**
   * One pod.
   *
   * @param rollBack undoes one that is half made
   */
  void takeUp(Pod found, Consumer<Pod> rollBack) throws IOException {
    String id = found.id();
    pods.addLoaded(found);
    found.labels().ifPresent(selinux::reserve);
    names.reserve(found.config().metadata(), id);
    boolean there = !found.ready() || (found.bootId().equals(bootId) && parts.alive(found));
    if (there && found.ready()) {
      Attempts.attempt("the namespaces of pod " + id, () -> restorePins(found));
    }
    steps.take(
        id,
        there ? PodEvent.FOUND : PodEvent.FOUND_DEAD,
        Map.of(
            PodAction.WATCH_SANDBOX,
            () -> sandboxes.watch(id),
            PodAction.ROLL_BACK,
            () -> Thread.ofVirtual().name("roll back " + id).start(() -> rollBack.accept(found))));
  }

  private void restorePins(Pod found) throws IOException {
    if (parts.hasLostPins(found)) {
      parts.restorePins(found);
    }
  }
}
