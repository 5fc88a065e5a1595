package io.jcri.daemon.recovery;

import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;

/** What deals with what the daemon before this one has left, put together. */
public final class RecoverySetup {
  private RecoverySetup() {}

  /** Touches nothing yet. */
  public static Recovery of(
      DaemonContext context,
      Handlers handlers,
      ImageSetup store,
      PodSetup pod,
      ContainerSetup container,
      CheckpointSetup checkpoints,
      Events events) {
    Layout layout = context.layout();
    Pods pods = pod.pods();
    return new Recovery(
        new FoundRecords(
            pod.records(), container.records(), layout, context.clock(), context.bootId()),
        events,
        pods,
        new ContainerRecovery(
            container.registry(),
            container.steps(),
            container.creation(),
            container.run(),
            container.shims(),
            context.clock(),
            context.bootId()),
        new CheckpointLeftovers(
            pods, container.containers(), handlers, layout, checkpoints.restore()),
        new UnrecordedLeftovers(
            layout,
            container.registry(),
            pods,
            container.shims(),
            store.rootFilesystems(),
            pod.networks(),
            pod.sandboxes(),
            pod.containers()));
  }
}
