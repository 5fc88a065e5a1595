package io.jcri.daemon.pod;

import io.jcri.cni.CniException;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.life.PodAction;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.Transition.Work;
import io.jcri.daemon.log.LogNames;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.security.Selinux;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How pods go: first what runs of them, then what is known of them. Both may be repeated.
 *
 * <p>Thread-safe. Whoever calls holds the pod's lock.
 */
final class PodTeardown {
  private static final Logger log = LoggerFactory.getLogger(PodTeardown.class);

  private final Registry<Pod> pods;
  private final PodSteps steps;
  private final PodNames names;
  private final PodParts parts;
  private final PodHooks hooks;
  private final Selinux selinux;

  PodTeardown(
      Registry<Pod> pods,
      PodSteps steps,
      PodNames names,
      PodParts parts,
      PodHooks hooks,
      Selinux selinux) {
    this.pods = pods;
    this.steps = steps;
    this.names = names;
    this.parts = parts;
    this.hooks = hooks;
    this.selinux = selinux;
  }

  /** Releases the pod's network, namespaces, pause process and cgroup. */
  void stop(String id) throws IOException {
    going(id, PodEvent.STOP);
  }

  /** Deletes the files and the record of a pod that was stopped; its name is free from now on. */
  void remove(String id) throws IOException {
    going(id, PodEvent.REMOVE);
  }

  /**
   * Undoes what there is of a pod that could not be made whole; what can't be undone stays listed
   * as not ready, for a later stop.
   */
  void undo(String id) throws IOException {
    try {
      see(id, PodEvent.STOPPING); // it may be ready already
      going(id, PodEvent.MAKING_FAILED);
    } catch (IOException | RuntimeException e) {
      see(id, PodEvent.UNDO_FAILED);
      throw e;
    }
  }

  private void see(String id, PodEvent event) {
    pods.get(id).ifPresent(_ -> steps.see(id, event));
  }

  private void going(String id, PodEvent event) throws IOException {
    Optional<Pod> pod = pods.get(id);
    if (pod.isPresent()) {
      new Going(pod.get()).take(event);
    }
  }

  /** One pod on its way down; what one action leaves for the next. */
  private final class Going {
    private final Pod pod;
    private final String id;
    private final Stages stages;
    private @Nullable IOException stuck;
    private boolean networkLeft = true;

    Going(Pod pod) {
      this.pod = pod;
      this.id = pod.id();
      this.stages = new Stages("StopPodSandbox " + pod.config().metadata() + " " + id);
    }

    void take(PodEvent event) throws IOException {
      steps.take(
          id,
          event,
          Map.<PodAction, Work>of(
              PodAction.END_SANDBOX_CONTAINER,
              this::endContainer,
              PodAction.LEAVE_NETWORK,
              this::leaveNetwork,
              PodAction.END_SANDBOX,
              this::endSandbox,
              PodAction.DELETE_FILES,
              () -> parts.deleteFiles(id),
              PodAction.DELETE_RECORD,
              this::deleteRecord,
              PodAction.RELEASE_NAME,
              this::releaseName));
    }

    private void endContainer() {
      try {
        parts.endContainer(pod, stages);
      } catch (IOException e) {
        stuck = e;
      }
    }

    private void leaveNetwork() {
      stages.begin("network");
      Pod now = pods.get(id).orElse(pod);
      hooks.stop(now);
      try {
        parts.leaveNetwork(now, change -> pods.updateAnyway(id, change));
      } catch (CniException e) {
        networkLeft = false;
        stuck = e;
      }
    }

    /**
     * Reports a container that did not end or a network that could not be left, after all else has
     * been done.
     */
    private void endSandbox() throws IOException {
      boolean ran = parts.alive(pod);
      parts.endSandbox(pod, networkLeft, stages);
      stages.finish();
      if (ran) {
        log.info("pod {} is stopped", id);
      }
      if (stuck != null) {
        throw stuck;
      }
    }

    private void deleteRecord() {
      LogNames.remember(id);
      pods.remove(id);
      log.info("pod {} is removed", id);
    }

    private void releaseName() {
      names.release(pod.config().metadata(), id);
      pod.labels().ifPresent(selinux::release);
      hooks.remove(pod);
    }
  }
}
