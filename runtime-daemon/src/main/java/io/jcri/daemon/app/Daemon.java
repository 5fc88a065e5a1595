package io.jcri.daemon.app;

import io.jcri.cni.Cni;
import io.jcri.daemon.admin.AdminServer;
import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.CdiInjection;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerNode;
import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.cri.CriServer;
import io.jcri.daemon.cri.CriServices;
import io.jcri.daemon.cri.checkpoint.CheckpointCalls;
import io.jcri.daemon.cri.container.ContainerCalls;
import io.jcri.daemon.cri.image.ImageCalls;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.cri.node.NodeCalls;
import io.jcri.daemon.cri.observe.ObservationCalls;
import io.jcri.daemon.cri.pod.PodCalls;
import io.jcri.daemon.cri.stream.SessionCalls;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.PublishedEventsFile;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.nri.Nri;
import io.jcri.daemon.nri.NriServer;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.NetworkSetup;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.pull.WorkerFetcher;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.recovery.CheckpointLeftovers;
import io.jcri.daemon.recovery.ContainerRecovery;
import io.jcri.daemon.recovery.FoundRecords;
import io.jcri.daemon.recovery.Recovery;
import io.jcri.daemon.recovery.UnrecordedLeftovers;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.daemon.system.BootId;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.IdleHeap;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.daemon.system.SdNotify;
import io.jcri.daemon.system.StrandedLaunchers;
import io.jcri.oci.cdi.CdiDevices;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.sandbox.Sandboxes;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.shim.ShimLauncher;
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
 *
 * <p>Started and stopped once each.
 */
public final class Daemon {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private static final Duration NETWORK_COLLECTION = Duration.ofHours(1);

  private final List<FolderLock> locks = new ArrayList<>();
  private final Cgroups cgroups;
  private final CgroupPaths cgroupPaths;
  private final Cni cni;
  private final PodNetworks networks;
  private final Events events;
  private final Pods pods;
  private final Recovery recovery;
  private final NriServer nriServer;
  private final StreamingServer streaming;
  private final CriServer server;
  private final AdminServer admin;
  private final SdNotify systemd;

  public Daemon(DaemonConfig config, NativeBinaries binaries) throws IOException {
    Layout layout = new Layout(config.root(), config.state());
    locks.addAll(DaemonFolders.prepare(layout));
    StrandedLaunchers.end(Path.of(System.getProperty("java.home")));
    DaemonContext context = new DaemonContext(layout, Clock.system(), BootId.current());
    Kernel kernel = Kernel.open(config.cgroupDriver());
    this.cgroups = kernel.cgroups();
    this.cgroupPaths = new CgroupPaths(kernel.facts().cgroups().driver());

    // what others provide: OCI runtimes, networks, images
    Handlers handlers = Handlers.find(config, layout, kernel.facts());
    this.cni = Cni.open(NetworkSetup.settings(config.network()));
    this.networks = new PodNetworks(cni);
    ImageSetup store =
        ImageSetup.open(
            config.images(),
            layout,
            WorkerFetcher.of(config, layout, binaries, cgroups),
            kernel.syscalls(),
            kernel.mounts());
    Images images = store.images();

    // what happens to pods and containers, for who listens
    this.events =
        new Events(
            PublishedEventsFile.open(layout.toldEvents(), context.bootId()), context.clock());

    // plugins that have a say
    CgroupSupport limits = kernel.facts().cgroups().limits();
    CdiInjection cdi = cdi(config.cdi(), handlers);
    Nri nri = new Nri(config.nri(), layout, limits, cdi);

    // pods
    Selinux selinux = Selinux.of(kernel.facts().selinux());
    RecordStore<Pod> podRecords = new RecordStore<>(layout.podRecords(), Pod.class);
    Sandboxes sandboxes =
        new Sandboxes(binaries.sandbox(), kernel.syscalls(), kernel.mounts(), cgroups);
    this.pods =
        new Pods(
            new Registry<>("pod sandbox", Pod::id, podRecords, events.podWatcher()),
            new PodSetup(
                layout, sandboxes, kernel.scopes(), cgroupPaths, networks, kernel.syscalls()),
            nri,
            selinux,
            context.clock(),
            context.bootId());

    // containers
    RecordStore<Container> containerRecords =
        new RecordStore<>(layout.containerRecords(), Container.class);
    Registry<Container> registry =
        new Registry<>("container", Container::id, containerRecords, events.containerWatcher());
    ContainerSetup parts =
        ContainerSetup.of(
            registry,
            context,
            new ContainerNode(kernel, cgroupPaths, limits, handlers, selinux, cdi),
            store,
            pods,
            nri,
            new ShimLauncher(binaries.shim()));
    Containers containers = parts.containers();
    CheckpointSetup checkpoints =
        new CheckpointSetup(
            pods, containers, handlers, store.rootFilesystems(), layout, kernel.syscalls());

    // what the daemon before this one has left
    this.recovery =
        new Recovery(
            new FoundRecords(
                podRecords, containerRecords, layout, context.clock(), context.bootId()),
            events,
            pods,
            new ContainerRecovery(
                registry,
                parts.steps(),
                parts.creation(),
                parts.run(),
                parts.shims(),
                context.clock(),
                context.bootId()),
            new CheckpointLeftovers(pods, containers, handlers, layout, checkpoints.restore()),
            new UnrecordedLeftovers(
                layout,
                registry,
                pods,
                parts.shims(),
                store.rootFilesystems(),
                networks,
                sandboxes));

    this.nriServer =
        new NriServer(
            config.nri(),
            nri,
            new PluginNode(pods, containers),
            binaries.nriStart(),
            layout.temporary());

    // what they use
    Stats stats =
        new Stats(
            cgroups,
            cgroupPaths,
            store.rootFilesystems(),
            context.clock(),
            id -> registry.get(id).isPresent() || pods.find(id).isPresent());
    Metrics metrics =
        new Metrics(
            cgroups,
            cgroupPaths,
            kernel.facts(),
            stats,
            images.location(),
            kernel.syscalls(),
            context.clock());

    // the edge
    this.streaming = new StreamingServer(config.streaming(), containers, pods, layout);
    VerboseInfo info = new VerboseInfo(layout, config, kernel.facts());
    this.server =
        new CriServer(
            config.socket(),
            List.of(
                CriServices.runtime(
                    new NodeCalls(networks, handlers, info, kernel.facts().cgroups().driver()),
                    new PodCalls(handlers, pods, containers, events),
                    new ContainerCalls(pods, containers, info),
                    new SessionCalls(pods, containers, streaming),
                    new ObservationCalls(pods, containers, stats, metrics, images, events),
                    new CheckpointCalls(handlers, checkpoints)),
                CriServices.images(new ImageCalls(images, context.clock()))));
    this.admin = new AdminServer(layout.adminSocket(), images, new ImageUsers(registry));
    this.systemd =
        new SdNotify(kernel.syscalls(), System.getenv().getOrDefault("NOTIFY_SOCKET", ""));
  }

  private static CdiInjection cdi(DaemonConfig.Cdi config, Handlers handlers) {
    return new CdiInjection(
        config.enabled() ? Optional.of(new CdiDevices(config.directories())) : Optional.empty(),
        handlers);
  }

  /** Takes up what is there, then serves. */
  public void start() throws IOException {
    recovery.takeUp();
    nriServer.start();
    server.start();
    startAdmin();
    systemd.ready();
    log.info("serving");
    Thread.ofVirtual().name("leftovers").start(this::endLeftovers);
    IdleHeap.watch();
  }

  /** The kubelet does without it: what lies in its way costs people {@code jcri load}. */
  private void startAdmin() {
    try {
      admin.start();
    } catch (IOException | RuntimeException e) {
      log.error("the admin socket is not served: commands such as jcri images fail", e);
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
        try {
          cni.collectGarbage(pods.networked());
        } catch (RuntimeException e) {
          log.warn("network leftovers could not be collected: {}", e.getMessage());
        }
        Thread.sleep(NETWORK_COLLECTION);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops serving. Pods and containers run on: their next daemon takes them up. */
  public void stop() {
    systemd.stopping();
    admin.stop();
    events.close(); // their streams would never drain
    server.stop();
    nriServer.close();
    streaming.close();
    cni.close();
    removeEmptyParent();
    log.info("stopped; pods run on");
  }

  /** The cgroup of pods that name no parent is ours to take away when there is none of them. */
  private void removeEmptyParent() {
    try {
      if (cgroupPaths.defaultParent().isPresent()) {
        boolean _ = cgroups.removeIfEmpty(cgroupPaths.defaultParent().get());
      }
    } catch (IOException e) {
      log.warn("the empty cgroup of pods stays: {}", e.getMessage());
    }
  }
}
