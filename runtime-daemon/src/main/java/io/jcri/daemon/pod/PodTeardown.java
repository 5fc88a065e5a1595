package io.jcri.daemon.pod;

import io.jcri.daemon.Registry;
import io.jcri.daemon.security.Selinux;
import java.io.IOException;

/**
 * How pods go: first what runs of them, then what is known of them. Both may be repeated.
 *
 * <p>Thread-safe. Whoever calls holds the pod's lock.
 */
final class PodTeardown {
  private final Registry<Pod> pods;
  private final PodNames names;
  private final PodSetup setup;
  private final PodHooks hooks;
  private final Selinux selinux;

  PodTeardown(Registry<Pod> pods, PodNames names, PodSetup setup, PodHooks hooks, Selinux selinux) {
    this.pods = pods;
    this.names = names;
    this.setup = setup;
    this.hooks = hooks;
    this.selinux = selinux;
  }

  /** Releases the pod's network, namespaces, pause process and cgroup. */
  void release(Pod pod) throws IOException {
    hooks.stop(pod);
    setup.unmake(pod, next -> pods.updateAnyway(next.id(), p -> next.with(p.phase())));
  }

  /** Deletes the pod's files and its record; its name is free from now on. */
  void forget(Pod pod) throws IOException {
    setup.deleteFiles(pod.id());
    pods.remove(pod.id());
    names.release(pod.config().metadata(), pod.id());
    pod.labels().ifPresent(selinux::release);
    hooks.remove(pod);
  }
}
