package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import io.jcri.cni.ResultCache.Entry;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches pods to networks by the Container Network Interface specification.
 *
 * <p>Thread-safe; different sandboxes do not wait for one another. The caller keeps operations on
 * one sandbox apart. Blocking: an attach takes as long as its plugins do, each bounded by {@link
 * CniSettings#timeout}; interrupting the thread kills the plugin that runs and undoes the attach.
 *
 * <p>The module's front: it has many fields because whoever uses it needs nothing else of the
 * module.
 */
public final class Cni implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Cni.class);

  private static final int IDLE_ROUNDS_PER_RENEWAL = 12;

  private record Attached(Network network, Attachment attachment, JsonObject result) {
    List<String> addresses() {
      return PodAddresses.withPrefixes(result, network.version(), attachment.ifName());
    }
  }

  private final CniSettings settings;
  private final ChildProcess processes;
  private final PluginRunner runner;
  private final Masquerade masquerade;
  private final HostPorts hostPorts;
  private final Thread hostPortsStart;
  private final NetworkStore store;
  private final PluginVersions versions;
  private final Chain chain;
  private final ResultCache cache;
  private final Attachments attachments;
  private final Garbage garbage;
  private final StatusProbe probe;
  private final DirectoryWatch watch;
  private final Set<String> attaching = ConcurrentHashMap.newKeySet();
  private final Semaphore finishing = new Semaphore(1);
  private volatile HostPortMode hostPortMode = HostPortMode.AUTO;
  private int idleRounds;

  private Cni(CniSettings settings, Optional<PodCidrs> podCidrs, ChildProcess processes) {
    this.settings = settings;
    this.processes = processes;
    runner = new PluginRunner(processes, settings.binDirs(), settings.timeout());
    ConfigDirectory directory = new ConfigDirectory(settings.confDir());
    Nft nft = new Nft(processes, Nft.systemPath());
    masquerade = new Masquerade(nft, settings.nftTable());
    cache = new ResultCache(settings.cacheDir());
    DefaultNetwork defaultNetwork = new DefaultNetwork(settings, runner, cache);
    store = new NetworkStore(settings, directory, defaultNetwork, masquerade);
    versions = new PluginVersions(runner);
    chain = new Chain(runner);
    attachments = new Attachments(chain, cache);
    hostPorts = new HostPorts(nft, settings.nftTable() + "-ports", cache, Path.of("/proc"));
    garbage = new Garbage(cache, attachments, hostPorts, store, versions, chain, runner, attaching);
    probe = new StatusProbe(settings, store, runner, versions, chain, masquerade, hostPorts);
    podCidrs.ifPresentOrElse(store::setPodCidrs, store::refresh);
    store.opened();
    watch = new DirectoryWatch(settings.confDir(), store::refresh, this::idle);
    hostPortsStart = Thread.ofVirtual().name("cni-host-ports").start(hostPorts::start);
  }

  /**
   * Reads the configurations and begins to watch their directory, which need not exist.
   *
   * @throws CniException the pod CIDR is no CIDR, or there is no room for temporary files
   */
  public static Cni open(CniSettings settings) throws CniException {
    Optional<PodCidrs> podCidrs = Optional.empty();
    if (settings.podCidr().isPresent() && !settings.podCidr().get().isBlank()) {
      podCidrs = Optional.of(PodCidrs.parse(settings.podCidr().get()));
    }
    try {
      return new Cni(settings, podCidrs, new ChildProcess());
    } catch (IOException e) {
      throw new CniException(
          Reason.STORAGE,
          "cannot make a directory for the plugins' input and output: " + Reasons.of(e));
    }
  }

  /** The networks that pods are attached to, each with the file that it is from. */
  public List<String> configured() {
    return store.names();
  }

  /**
   * Whether pods can be attached now. Cheap: looks at a few files; asks plugins (STATUS, CNI 1.1)
   * every few seconds at most and waits for them no longer than two.
   */
  public NetworkStatus status() {
    if (store.state().networks().isEmpty()) {
      store.refresh();
    }
    return probe.status();
  }

  /**
   * Attaches a pod to the configured networks. All or nothing: when it throws, every plugin that
   * ran was asked to undo (DEL); if one could not, the attachment stays recorded and is tried again
   * by {@link #detach}, by {@link #collectGarbage} and once a minute. A network that gives no
   * address is an error.
   *
   * <p>Ports of the node that no plugin leads to the pod are led there by us, if {@link
   * #useHostPorts} says so; one that is another pod's is an error.
   */
  public PodNetwork attach(PodNetworkRequest request) throws CniException {
    if (request.netns().isEmpty()) {
      throw new CniException(
          Reason.INVALID, "sandbox " + request.sandboxId() + " has no network namespace to attach");
    }
    List<Attached> done = new ArrayList<>();
    boolean led = false;
    attaching.add(request.sandboxId());
    try {
      List<Network> networks = networks();
      List<HostPort> ours = ours(request, networks);
      PodNetworkRequest theirs =
          hostPortMode == HostPortMode.JCRI ? request.withPortMappings(List.of()) : request;
      if (!ours.isEmpty()) {
        hostPorts.claim(request.sandboxId(), ours);
      }
      for (int i = 0; i < networks.size(); i++) {
        Network negotiated = versions.negotiate(networks.get(i));
        Attachment attachment =
            Attachment.of(theirs, i)
                .forNetwork(negotiated)
                .withHostPorts(i == 0 ? ours : List.of());
        Network network = negotiated.forCapabilities(attachment.capabilityArgs().keySet());
        done.add(new Attached(network, attachment, attachments.add(network, attachment)));
      }
      PodNetwork network = podNetwork(done.getFirst());
      if (!ours.isEmpty()) {
        hostPorts.lead(request.sandboxId(), done.getFirst().addresses());
      }
      led = true;
      return network;
    } catch (CniException e) {
      for (Attached attached : done.reversed()) {
        attachments.undo(attached.network(), attached.attachment(), attached.result(), e);
      }
      throw e;
    } finally {
      if (!led && hostPorts.has(request.sandboxId())) {
        hostPorts.release(request.sandboxId());
      }
      attaching.remove(request.sandboxId());
    }
  }

  /** Those that no plugin is to map. */
  private List<HostPort> ours(PodNetworkRequest request, List<Network> networks)
      throws CniException {
    boolean mapping =
        switch (hostPortMode) {
          case PLUGIN -> false;
          case JCRI -> true;
          case AUTO ->
              !request.portMappings().isEmpty()
                  && networks.stream().noneMatch(Network::mapsPorts)
                  && hostPorts.possible();
        };
    return mapping ? HostPort.of(request.portMappings()) : List.of();
  }

  private List<Network> networks() throws CniException {
    if (store.state().networks().isEmpty()) {
      store.refresh();
    }
    NetworkStore.State state = store.state();
    if (state.networks().isEmpty()) {
      throw new CniException(Reason.NOT_CONFIGURED, StatusProbe.notConfigured(state, settings));
    }
    return state.networks();
  }

  private static PodNetwork podNetwork(Attached attached) throws CniException {
    Network network = attached.network();
    List<String> ips =
        PodAddresses.of(attached.result(), network.version(), attached.attachment().ifName());
    if (ips.isEmpty()) {
      throw new CniException(
          Reason.BAD_OUTPUT,
          "network %s gave sandbox %s no address on %s"
              .formatted(
                  network.name(),
                  attached.attachment().containerId(),
                  attached.attachment().ifName()));
    }
    return new PodNetwork(
        ips.getFirst(), ips.subList(1, ips.size()), Json.write(attached.result()), network.name());
  }

  /**
   * Detaches a pod from all networks that it was attached to, with the chain and the result that
   * were recorded: neither the configuration nor the network namespace need exist any longer. Every
   * plugin is tried. Doing it again, or for a pod that was never attached, succeeds.
   *
   * <p>A pod whose attach had failed is not held by a plugin that cannot undo it: what is left is
   * tried again as said there.
   *
   * @throws CniException a plugin failed; the record is kept, so that a retry runs the whole chain
   */
  public void detach(PodNetworkRequest request) throws CniException {
    String netns = request.netns().filter(Netns::isOne).map(Path::toString).orElse("");
    List<CniException> failures = new ArrayList<>();
    List<Entry> entries = cache.of(request.sandboxId());
    hostPorts.release(request.sandboxId(), entries);
    for (Entry entry : entries.reversed()) {
      attachments.remove(entry, netns, failures);
    }
    if (entries.isEmpty()) {
      List<Network> networks = store.state().networks();
      for (int i = networks.size() - 1; i >= 0; i--) {
        Attachment attachment = Attachment.toUndo(request, i).withNetns(netns);
        attachments.removeUnrecorded(versions.negotiate(networks.get(i)), attachment, failures);
      }
    }
    if (failures.isEmpty()) {
      cache.torn().remove(request.sandboxId());
    }
    CniException.throwAll(failures);
  }

  /**
   * Has each plugin check that the pod's interfaces are as they were made. Does nothing for
   * networks whose configuration is older than CNI 0.4.0 or disables it.
   *
   * @throws CniException a plugin found a difference, or the pod is not attached (reason INVALID)
   */
  public void check(PodNetworkRequest request) throws CniException {
    List<Entry> entries = cache.of(request.sandboxId());
    if (entries.isEmpty()) {
      throw new CniException(
          Reason.INVALID, "sandbox " + request.sandboxId() + " is attached to no network");
    }
    String netns = request.netns().map(Path::toString).orElse("");
    for (Entry entry : entries) {
      if (!entry.network().version().hasCheck() || entry.network().disableCheck()) {
        continue;
      }
      JsonObject result =
          entry
              .result()
              .orElseThrow(() ->
                  new CniException(
                      Reason.INVALID,
                      "sandbox %s was not attached to network %s completely"
                          .formatted(request.sandboxId(), entry.network().name())));
      chain.check(entry.network(), entry.attachment().withNetns(netns), result);
    }
  }

  /**
   * Detaches every sandbox that this program attached and that is not among the live ones, except
   * those that were attached in the last minute and since it was opened; then tells plugins that
   * speak CNI 1.1 which attachments are valid (GC). Failures are logged and left for the next run.
   */
  public void collectGarbage(Set<String> liveSandboxIds) {
    garbage.collect(liveSandboxIds);
  }

  /**
   * Sets the addresses of the generated default network: {@code 10.1.0.0/24} or, for two families,
   * {@code 10.1.0.0/24,fd00:1::/64}. Empty changes nothing, as kubelet sends it when it knows none.
   *
   * @throws CniException the text is no list of CIDRs (reason INVALID)
   */
  public void setPodCidr(String cidrs) throws CniException {
    if (!cidrs.isBlank()) {
      store.setPodCidrs(PodCidrs.parse(cidrs));
    }
  }

  /** Runs the plugins of these directories from now on, each for so long at most. */
  public void usePlugins(List<Path> binDirs, Duration timeout) {
    runner.use(binDirs, timeout);
  }

  /** Who leads host ports to the pods that are attached from now on. */
  public void useHostPorts(HostPortMode mode) {
    hostPortMode = mode;
  }

  /**
   * How long a network that was ready may fail before {@link #status} tells so. One to which pods
   * of the daemon before are attached was.
   */
  public void useStatusGrace(Duration grace) {
    probe.grace().use(grace);
    try {
      if (grace.isPositive() && cache.all().stream().anyMatch(Entry::lives)) {
        probe.grace().wasReady();
      }
    } catch (CniException e) {
      log.debug("whether the network was ready is not known: {}", e.getMessage());
    }
  }

  private void idle() {
    idleRounds = (idleRounds + 1) % IDLE_ROUNDS_PER_RENEWAL;
    if (idleRounds == 0) {
      masquerade.renew();
      hostPorts.renew();
      // Not on the watch's thread, which a plugin that hangs must not stop.
      if (finishing.tryAcquire()) {
        Thread.ofVirtual()
            .name("cni-finish")
            .start(() -> {
              try {
                finishUndone();
              } finally {
                finishing.release();
              }
            });
      }
    }
  }

  /** Tries again to undo the attaches that failed and could not be undone then. */
  void finishUndone() {
    attachments.finish(attaching);
  }

  /** Ends the watch. Networks, pods and the rules of nftables stay as they are. */
  @Override
  public void close() {
    try {
      watch.close();
      hostPortsStart.join();
      processes.close();
    } catch (IOException e) {
      log.warn("cannot end the use of networks cleanly: {}", Reasons.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
