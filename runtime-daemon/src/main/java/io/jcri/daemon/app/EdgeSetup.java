package io.jcri.daemon.app;

import io.jcri.daemon.admin.AdminNode;
import io.jcri.daemon.admin.AdminServer;
import io.jcri.daemon.admin.ConfigControl;
import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.config.LiveConfig;
import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.cri.CriServer;
import io.jcri.daemon.cri.CriServices;
import io.jcri.daemon.cri.Traces;
import io.jcri.daemon.cri.checkpoint.CheckpointCalls;
import io.jcri.daemon.cri.container.ContainerCalls;
import io.jcri.daemon.cri.image.ImageCalls;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.cri.node.NodeCalls;
import io.jcri.daemon.cri.observe.ObservationCalls;
import io.jcri.daemon.cri.pod.PodCalls;
import io.jcri.daemon.cri.stream.SessionCalls;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.prometheus.MetricsEndpoint;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.streaming.StreamingServer;
import java.util.List;
import java.util.function.Supplier;

/** The daemon's servers: CRI, the sessions that it hands out URLs of, and the admin socket. */
final class EdgeSetup {
  private final LiveConfig config;
  private final DaemonContext context;
  private final Kernel kernel;

  EdgeSetup(LiveConfig config, DaemonContext context, Kernel kernel) {
    this.config = config;
    this.context = context;
    this.kernel = kernel;
  }

  StreamingServer streaming(PodSetup pod, ContainerSetup container) {
    return new StreamingServer(
        () -> config.get().streaming(), container.containers(), pod.pods(), context.layout());
  }

  AdminServer admin(
      Handlers handlers,
      ImageSetup store,
      PodSetup pod,
      ContainerSetup container,
      Events events,
      StreamingServer streaming,
      AdminNode.Leftovers leftovers,
      ConfigControl control) {
    return new AdminServer(
        context.layout().adminSocket(),
        new AdminNode(
            config.get(),
            context.layout(),
            handlers,
            kernel.cgroups(),
            pod.cgroups(),
            pod.networks(),
            store.images(),
            pod.pods(),
            container.containers(),
            container.registry(),
            events,
            streaming,
            leftovers,
            control));
  }

  /**
   * Figures for Prometheus.
   *
   * @param workers the processes that pull
   */
  MetricsEndpoint metrics(
      ImageSetup store,
      PodSetup pod,
      ContainerSetup container,
      Events events,
      StreamingServer streaming,
      Supplier<List<Long>> workers) {
    return new MetricsEndpoint(
        new MetricsNode(
            context,
            config,
            kernel.syscalls(),
            store.images(),
            pod,
            container,
            events,
            streaming,
            workers),
        CriServices::methods);
  }

  /** Each of CRI's calls is answered by the group of the feature that it asks for. */
  CriServer cri(
      Handlers handlers,
      ImageSetup store,
      PodSetup pod,
      ContainerSetup container,
      CheckpointSetup checkpoints,
      Events events,
      StreamingServer streaming,
      Traces traces) {
    Pods pods = pod.pods();
    Containers containers = container.containers();
    VerboseInfo info = new VerboseInfo(context.layout(), config, kernel.facts());
    return new CriServer(
        config.get().socket(),
        List.of(
            CriServices.runtime(
                new NodeCalls(pod.networks(), handlers, info, kernel.facts().cgroups().driver()),
                new PodCalls(handlers, pods, containers, events),
                new ContainerCalls(pods, containers, info),
                new SessionCalls(pods, containers, streaming),
                observation(handlers, store, pod, container, events),
                new CheckpointCalls(handlers, checkpoints)),
            CriServices.images(new ImageCalls(store.images(), handlers, context.clock()))),
        traces);
  }

  private ObservationCalls observation(
      Handlers handlers, ImageSetup store, PodSetup pod, ContainerSetup container, Events events) {
    Stats stats =
        new Stats(
            kernel.cgroups(),
            pod.cgroups(),
            handlers,
            store.rootFilesystems(),
            context.clock(),
            id -> container.registry().get(id).isPresent() || pod.pods().find(id).isPresent());
    Metrics metrics =
        new Metrics(
            kernel.cgroups(),
            pod.cgroups(),
            kernel.facts(),
            stats,
            store.images().location(),
            kernel.syscalls(),
            context.clock());
    return new ObservationCalls(
        pod.pods(), container.containers(), stats, metrics, store.images(), events);
  }
}
