package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks that new pods are attached to: what the directory says, or our own default network
 * when it says nothing. Reading takes no lock; thread-safe.
 */
final class NetworkStore {
  /**
   * A reading of the directory.
   *
   * @param networks those to attach, in order
   * @param problems one message per file that was left out, and what kept us from our own network
   */
  record State(List<Network> networks, List<String> problems) {
    State {
      networks = List.copyOf(networks);
      problems = List.copyOf(problems);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(NetworkStore.class);

  private final CniSettings settings;
  private final ConfigDirectory directory;
  private final DefaultNetwork defaultNetwork;
  private final Masquerade masquerade;
  private Optional<PodCidrs> podCidrs = Optional.empty();
  private String loaded = "";
  private boolean opened;
  private volatile State state = new State(List.of(), List.of());

  NetworkStore(
      CniSettings settings,
      ConfigDirectory directory,
      DefaultNetwork defaultNetwork,
      Masquerade masquerade) {
    this.settings = settings;
    this.directory = directory;
    this.defaultNetwork = defaultNetwork;
    this.masquerade = masquerade;
  }

  State state() {
    return state;
  }

  /** From now on the log is told of what changes; what there is by now is who opens it to tell. */
  synchronized void opened() {
    opened = true;
  }

  /** For people. */
  List<String> names() {
    return names(state);
  }

  private static List<String> names(State state) {
    return state.networks().stream().map(n -> n.name() + " from " + n.origin()).toList();
  }

  synchronized void setPodCidrs(PodCidrs cidrs) {
    podCidrs = Optional.of(cidrs);
    reload();
  }

  /** Reads the directory again if its files are not those that were read last. */
  synchronized void refresh() {
    if (!directory.fingerprint().equals(loaded)) {
      reload();
    }
  }

  private synchronized void reload() {
    // Taken first: a file that changes while it is read makes the next refresh read again.
    loaded = directory.fingerprint();
    ConfigDirectory.Contents contents = directory.load();
    String problem = "";
    try {
      if (contents.foreignFiles() > 0) {
        defaultNetwork.remove();
      } else if (podCidrs.isPresent()) {
        defaultNetwork.write(podCidrs.get());
        contents = directory.load();
      }
    } catch (IOException e) {
      problem = "cannot keep the default network's file: " + Reasons.of(e);
    }
    if (!contents.settled()) {
      loaded = "";
    }
    int limit = settings.maxConfNum() <= 0 ? Integer.MAX_VALUE : settings.maxConfNum();
    boolean foreign = contents.networks().stream().anyMatch(network -> !network.generated());
    List<Network> networks =
        contents.networks().stream()
            .filter(network -> !foreign || !network.generated())
            .limit(limit)
            .toList();
    networks.stream()
        .filter(Network::generated)
        .findFirst()
        .ifPresent(network -> masquerade.apply(DefaultNetwork.subnets(network)));
    List<String> problems = new ArrayList<>(contents.problems());
    if (!problem.isEmpty()) {
      problems.add(problem);
    }
    State next = new State(networks, problems);
    if (!next.equals(state)) {
      problems.forEach(text -> log.warn("network configuration left out: {}", text));
      if (opened) {
        log.info("networks: {}", networks.isEmpty() ? "none" : names(next));
      }
    }
    state = next;
  }
}
