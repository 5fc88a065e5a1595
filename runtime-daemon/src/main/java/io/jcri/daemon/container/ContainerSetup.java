package io.jcri.daemon.container;

import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.NativeBinaries;
import java.io.IOException;

/** The parts of this package, put together, and those that others need. */
public record ContainerSetup(
    RecordStore<Container> records,
    Registry<Container> registry,
    ContainerSteps steps,
    ContainerCreation creation,
    ContainerRun run,
    ContainerShims shims,
    Containers containers) {
  /**
   * As many parts as a container has to do with: nothing is decided here.
   *
   * @param watcher is told of every change
   * @throws IOException when there can be no records
   */
  public static ContainerSetup of(
      DaemonContext context,
      ContainerNode node,
      ImageSetup store,
      Pods pods,
      ContainerHooks hooks,
      NativeBinaries binaries,
      Registry.Watcher<Container> watcher)
      throws IOException {
    Layout layout = context.layout();
    RecordStore<Container> records = new RecordStore<>(layout.containerRecords(), Container.class);
    Registry<Container> registry = new Registry<>("container", Container::id, records, watcher);
    KeyedLocks locks = new KeyedLocks();
    ContainerSteps steps = new ContainerSteps(registry);
    ContainerShims shims = node.shims(binaries, context, pods);
    ContainerResources resources = node.resources(store, layout);
    ContainerCreation creation =
        new ContainerCreation(
            registry,
            pods,
            new NewContainers(store.images(), context.clock(), context.bootId()),
            new ContainerMaker(
                node.specs(registry, layout, store.rootFilesystems()::makesVolumes),
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
        records,
        registry,
        steps,
        creation,
        run,
        shims,
        new Containers(registry, creation, run, updates, hooks));
  }
}
