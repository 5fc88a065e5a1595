package io.jcri.daemon.app;

import io.jcri.daemon.admin.AdminServer;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.LiveConfig;
import io.jcri.daemon.config.Reloaded;
import io.jcri.daemon.container.ContainerNode;
import io.jcri.daemon.container.ContainerRun;
import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.cri.CriServer;
import io.jcri.daemon.cri.ServingCheck;
import io.jcri.daemon.cri.Traces;
import io.jcri.daemon.cri.message.SandboxMessages;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.log.LogNames;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.nri.NriServer;
import io.jcri.daemon.nri.NriSetup;
import io.jcri.daemon.pod.NetworkSetup;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.prometheus.MetricsEndpoint;
import io.jcri.daemon.pull.WorkerFetcher;
import io.jcri.daemon.recovery.Recovery;
import io.jcri.daemon.recovery.RecoverySetup;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.daemon.system.BootId;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.IdleHeap;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.daemon.system.SdNotify;
import io.jcri.daemon.system.StrandedLaunchers;
import io.jcri.daemon.system.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon, wired by hand: reading the constructor from top to bottom tells what it is made of.
 * Its many fields are what it starts and stops.
 *
 * <p>Started and stopped once each.
 */
public final class Daemon {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private static final Duration NETWORK_COLLECTION = Duration.ofHours(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  private final List<FolderLock> locks = new ArrayList<>();
  private final Kernel kernel;
  private final NetworkSetup network;
  private final Events events;
  private final PodSetup pod;
  private final ContainerRun run;
  private final Recovery recovery;
  private final NriServer nriServer;
  private final StreamingServer streaming;
  private final Traces traces;
  private final CriServer server;
  private final AdminServer admin;
  private final LiveConfig live;
  private final MetricsEndpoint metrics;
  private final SdNotify systemd;
  private final Reloading reloading;
  private final Optional<Watchdog> watchdog;

  /** Finds out what it works with, and says so. */
  public Daemon(LiveConfig live, NativeBinaries binaries) throws IOException {
    this.live = live;
    DaemonConfig config = live.get();
    Layout layout = new Layout(config.root(), config.state(), config.imageDirectory());
    locks.addAll(DaemonFolders.prepare(layout));
    StrandedLaunchers.end(Path.of(System.getProperty("java.home")));
    DaemonContext context = new DaemonContext(layout, Clock.system(), BootId.current());
    this.kernel = Kernel.open(config.cgroupDriver());

    // what others provide: OCI runtimes, networks, images
    Handlers handlers = Handlers.of(live, layout, kernel.facts(), NativeBinaries.adapter());
    this.network = NetworkSetup.open(config.network(), layout);
    log.info(
        "{}",
        StartLine.of(
            config,
            live.current().files(),
            kernel.facts().cgroups(),
            handlers,
            network.cni().configured()));
    handlers.introduce();
    WorkerFetcher fetcher = WorkerFetcher.of(live, layout, binaries, kernel.cgroups());
    ImageSetup store =
        ImageSetup.open(
            () -> live.get().images(), layout, fetcher, kernel.syscalls(), kernel.mounts());

    // who listens to what happens, and who has a say
    this.events = Events.open(context);
    NriSetup nri = NriSetup.of(live, layout, kernel.facts(), handlers);

    // pods, and the containers in them
    this.pod =
        PodSetup.of(
            context,
            kernel,
            handlers,
            binaries,
            network.pods(),
            nri.nri(),
            () -> live.get().containers(),
            SandboxMessages::request,
            events.podWatcher());
    ContainerSetup container =
        ContainerSetup.of(
            context,
            new ContainerNode(
                kernel,
                handlers,
                pod.cgroups(),
                pod.selinux(),
                nri.cdi(),
                () -> live.get().containers()),
            store,
            pod.pods(),
            nri.nri(),
            binaries,
            events.containerWatcher());
    this.run = container.run();
    LogNames.from(new ObjectNames(pod.pods(), container.containers())::of);
    CheckpointSetup checkpoints =
        new CheckpointSetup(layout, kernel, handlers, store, pod, container);
    this.recovery = RecoverySetup.of(context, handlers, store, pod, container, checkpoints, events);

    // who may ask
    this.nriServer = nri.server(new PluginNode(pod.pods(), container.containers()), binaries);
    EdgeSetup edge = new EdgeSetup(live, context, kernel);
    this.streaming = edge.streaming(pod, container);
    this.traces = Traces.of(config.tracing(), System.getenv());
    this.server = edge.cri(handlers, store, pod, container, checkpoints, events, streaming, traces);
    this.systemd = SdNotify.ofEnvironment(kernel.syscalls());
    this.metrics = edge.metrics(store, pod, container, events, streaming, fetcher::processes);
    this.reloading = new Reloading(live, network.cni(), systemd, metrics);
    this.admin =
        edge.admin(
            handlers, store, pod, container, events, streaming, this::collectLeftovers, reloading);
    this.watchdog =
        Watchdog.patience(System.getenv(), ProcessHandle.current().pid())
            .map(patience ->
                new Watchdog(
                    patience.dividedBy(3), new ServingCheck(config.socket())::run, systemd::alive));
  }

  /** Takes up what is there, then serves. */
  public void start() throws IOException {
    metrics.count(live.get().metrics());
    recovery.takeUp();
    nriServer.start();
    server.start();
    metrics.use(live.get().metrics());
    startAdmin();
    systemd.ready();
    watchdog.ifPresent(Watchdog::start);
    log.info("serving");
    Thread.ofVirtual().name("leftovers").start(this::endLeftovers);
    Thread.ofVirtual().name("untold ends").start(this::lookForUntoldEnds);
    IdleHeap.watch();
  }

  /**
   * Takes up a new configuration while it serves.
   *
   * @throws io.jcri.daemon.config.ConfigException with what is wrong; then nothing has changed
   */
  public void reload() {
    Reloaded _ = reloading.reload();
  }

  /** The kubelet does without it: what lies in its way costs people {@code jcri load}. */
  private void startAdmin() {
    try {
      admin.start();
    } catch (IOException | RuntimeException e) {
      Faults.error(log, "the admin socket is not served, commands such as jcri images fail", e);
    }
  }

  private void lookForUntoldEnds() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        run.lookForUntoldEnds();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sandboxes first: their network is left more thoroughly while its namespace is there. */
  private void endLeftovers() {
    recovery.endUnrecorded();
    if (!recovery.isComplete()) {
      return; // whose address it is can't be known
    }
    collectNetworkLeftovers();
  }

  /** Addresses of pods that nobody knows any more: at the start, and once an hour. */
  private void collectNetworkLeftovers() {
    try {
      while (true) {
        collectNetworks();
        Thread.sleep(NETWORK_COLLECTION);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** For an operator, at any time. */
  private List<NodeMessages.Removed> collectLeftovers(boolean dry) {
    List<NodeMessages.Removed> ended =
        recovery.collectUnrecorded(dry).stream()
            .map(gone -> new NodeMessages.Removed(gone.kind().words(), gone.id(), ""))
            .toList();
    if (!dry) {
      collectNetworks();
    }
    return ended;
  }

  /** Not before all pods are known: whose address it is could not be told. */
  private void collectNetworks() {
    if (!recovery.isComplete()) {
      return;
    }
    try {
      network.cni().collectGarbage(pod.pods().networked());
    } catch (RuntimeException e) {
      log.warn("network leftovers could not be collected: {}", e.getMessage());
    }
  }

  /** Stops serving. Pods and containers run on: their next daemon takes them up. */
  public void stop() {
    systemd.stopping();
    admin.stop();
    metrics.stop();
    events.close(); // their streams would never drain
    server.stop();
    traces.close();
    nriServer.close();
    streaming.close();
    network.cni().close();
    removeEmptyParent();
    log.info("stopped; pods run on");
  }

  /** The cgroup of pods that name no parent is ours to take away when there is none of them. */
  private void removeEmptyParent() {
    try {
      Optional<String> parent = pod.cgroups().defaultParent();
      if (parent.isPresent()) {
        boolean _ = kernel.cgroups().removeIfEmpty(parent.get());
      }
    } catch (IOException e) {
      log.warn("the empty cgroup of pods stays: {}", e.getMessage());
    }
  }
}
