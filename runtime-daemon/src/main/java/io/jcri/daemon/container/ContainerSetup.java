package io.jcri.daemon.container;

import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.shim.ShimLauncher;

/** The parts of this package, put together, and those that others need. */
public record ContainerSetup(
    Registry<Container> registry,
    ContainerSteps steps,
    ContainerCreation creation,
    ContainerRun run,
    ContainerShims shims,
    Containers containers) {
  /** As many parts as a container has to do with: nothing is decided here. */
  public static ContainerSetup of(
      Registry<Container> registry,
      DaemonContext context,
      ContainerNode node,
      ImageSetup store,
      Pods pods,
      ContainerHooks hooks,
      ShimLauncher launcher) {
    Layout layout = context.layout();
    KeyedLocks locks = new KeyedLocks();
    ContainerSteps steps = new ContainerSteps(registry);
    ContainerShims shims = node.shims(launcher, context, pods);
    ContainerResources resources = node.resources(store, layout);
    ContainerCreation creation =
        new ContainerCreation(
            registry,
            pods,
            new NewContainers(store.images(), context.clock(), context.bootId()),
            new ContainerMaker(
                node.specs(registry, layout, store.rootFilesystems().makesVolumes()),
                resources,
                hooks,
                node.selinux()),
            resources,
            locks,
            steps);
    ContainerRun run =
        new ContainerRun(registry, pods, shims, hooks, context.clock(), locks, steps);
    ContainerUpdates updates =
        new ContainerUpdates(registry, pods, node.limits(), node.liveLimits(), layout, locks);
    return new ContainerSetup(
        registry,
        steps,
        creation,
        run,
        shims,
        new Containers(registry, creation, run, updates, hooks));
  }
}
