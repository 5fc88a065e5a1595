package io.jcri.daemon.container;

import io.jcri.daemon.core.Stages;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.Selinux;

/**
 * How containers are made of their plans, and who has a say in it.
 *
 * <p>Thread-safe.
 */
final class ContainerMaker {
  private final SpecAssembly specs;
  private final ContainerResources resources;
  private final ContainerHooks hooks;
  private final Selinux selinux;

  ContainerMaker(
      SpecAssembly specs, ContainerResources resources, ContainerHooks hooks, Selinux selinux) {
    this.specs = specs;
    this.resources = resources;
    this.hooks = hooks;
    this.selinux = selinux;
  }

  /** Begins to make a container, of which nothing is there but its record. */
  ContainerMaking begin(Pod pod, NewContainer fresh, Stages stages) {
    SecurityContext security = fresh.container().config().security();
    return new ContainerMaking(
        pod,
        fresh,
        specs,
        resources,
        hooks,
        selinux.ofContainer(pod.labels(), security.selinux(), security.privileged()),
        stages);
  }

  /** Tells who had a say that the container is gone. */
  void removed(Container container) {
    hooks.removed(container);
  }
}
