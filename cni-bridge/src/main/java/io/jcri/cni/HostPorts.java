package io.jcri.cni;

import io.jcri.cni.CniException.Reason;
import io.jcri.cni.ResultCache.Entry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of the node that we lead to pods. What is wanted is recorded with each pod's result, so
 * that the rules can be made of the records at any time; they are always set all together, in
 * tables of our own, replaced in one transaction.
 *
 * <p>Thread-safe. Pods without host ports never come here, and wait for nothing.
 */
final class HostPorts {
  private static final Logger log = LoggerFactory.getLogger(HostPorts.class);

  private final Nft nft;
  private final String table;
  private final ResultCache cache;
  private final LoopbackRoutes loopback;

  /** By sandbox; changed under the lock, asked without it. */
  private final Map<String, PodPorts> pods = new ConcurrentHashMap<>();

  /** By family, IPv6 last: whether there may be a table, as of the daemon before. */
  private final boolean[] tables = {true, Nft.ipv6()};

  private boolean loaded;
  private String problem = "";

  /**
   * Knows of no pods yet, and has set nothing.
   *
   * @param table name of the tables, nobody else's
   * @param proc of the kernel
   */
  HostPorts(Nft nft, String table, ResultCache cache, Path proc) {
    this.nft = nft;
    this.table = table;
    this.cache = cache;
    this.loopback = new LoopbackRoutes(proc);
  }

  /** Whether rules can be set at all. */
  boolean possible() {
    return nft.installed();
  }

  /** Sets the rules of the pods that are recorded, and takes those of others away. */
  synchronized void start() {
    try {
      load();
    } catch (CniException e) {
      log.warn("host ports stay as they are: {}", e.getMessage());
      return;
    }
    if (!pods.isEmpty()) {
      boolean _ = apply();
      pods.values().forEach(this::openLoopback);
    } else {
      // Where nobody has asked for a port it is nobody's loss that nft can't be used.
      String refused = nft.installed() ? set() : "it is not installed";
      if (!refused.isEmpty()) {
        log.debug("rules of host ports of before are not looked for: {}", refused);
      }
    }
  }

  /**
   * Keeps these ports for a pod that is about to get its addresses.
   *
   * @throws CniException one is another pod's (reason PORT_TAKEN)
   */
  synchronized void claim(String sandboxId, List<HostPort> ports) throws CniException {
    load();
    PodPorts wanted = new PodPorts(sandboxId, ports, List.of());
    for (PodPorts other : pods.values()) {
      if (!other.sandboxId().equals(sandboxId)) {
        for (HostPort port : ports) {
          if (other.ports().stream().anyMatch(port::clashes)) {
            throw new CniException(
                Reason.PORT_TAKEN,
                "host port %s is that of pod sandbox %s".formatted(port.text(), other.sandboxId()));
          }
        }
      }
    }
    pods.put(sandboxId, wanted);
  }

  /**
   * Leads the ports that were claimed to these addresses.
   *
   * @param withPrefixes addresses with their prefix lengths
   * @throws CniException the rules cannot be set (reason HOST_PORTS)
   */
  synchronized void lead(String sandboxId, List<String> withPrefixes) throws CniException {
    PodPorts pod = pods.get(sandboxId);
    if (pod == null) {
      throw new IllegalStateException("nothing was claimed for pod sandbox " + sandboxId);
    }
    PodPorts led = pod.at(withPrefixes);
    for (HostPort port : led.ports()) {
      if (led.addresses().stream().noneMatch(inside -> port.in(inside.ipv6()))) {
        log.warn(
            "host port {} leads nowhere: pod sandbox {} has no address of that family",
            port.text(),
            sandboxId);
      }
    }
    pods.put(sandboxId, led);
    if (!apply()) {
      throw new CniException(Reason.HOST_PORTS, problem);
    }
    openLoopback(led);
    StaleFlows.forget(led.ports());
  }

  /**
   * As {@link #release(String)} where there is anything to release, by what is recorded as well. To
   * be called before the addresses are given back, which may be another pod's from then on.
   */
  void release(String sandboxId, List<Entry> recorded) {
    if (has(sandboxId)
        || recorded.stream().anyMatch(entry -> !entry.attachment().hostPorts().isEmpty())) {
      release(sandboxId);
    }
  }

  /** Idempotent; what cannot be taken away now is tried again. */
  synchronized void release(String sandboxId) {
    // A cancelled caller's clean-up must still run.
    boolean interrupted = Thread.interrupted();
    try {
      load();
      PodPorts pod = pods.remove(sandboxId);
      if (pod != null && !pod.addresses().isEmpty()) {
        boolean _ = apply();
        StaleFlows.forget(pod.ports());
      }
    } catch (CniException e) {
      log.warn(
          "host ports of pod sandbox {} stay until the next start: {}", sandboxId, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether any are this pod's. */
  boolean has(String sandboxId) {
    return pods.containsKey(sandboxId);
  }

  /** Sets the rules again, should somebody have flushed them, or something have failed. */
  synchronized void renew() {
    if (loaded && (!pods.isEmpty() || !problem.isEmpty())) {
      boolean _ = apply();
      pods.values().forEach(this::openLoopback);
    }
  }

  /** Why ports do not lead to pods, or empty. */
  synchronized String problem() {
    return problem;
  }

  /** What the daemon before has recorded; the older pod has a port that two claim. */
  private void load() throws CniException {
    if (loaded) {
      return;
    }
    List<Entry> entries = new ArrayList<>(cache.all());
    entries.sort(Comparator.comparing(Entry::written));
    for (Entry entry : entries) {
      String id = entry.attachment().containerId();
      List<HostPort> ports = entry.attachment().hostPorts();
      // Of a pod of the last boot the addresses may be others' by now.
      if (ports.isEmpty() || !Attachment.CONTAINER_ID.matcher(id).matches() || !entry.lives()) {
        continue;
      }
      List<HostPort> free =
          ports.stream()
              .filter(port ->
                  pods.values().stream()
                      .flatMap(other -> other.ports().stream())
                      .noneMatch(port::clashes))
              .toList();
      if (free.size() < ports.size()) {
        log.warn("some host ports of pod sandbox {} are those of others", id);
      }
      pods.put(id, new PodPorts(id, free, List.of()).at(entry.addresses()));
    }
    loaded = true;
  }

  /** Returns whether that worked. */
  private boolean apply() {
    String before = problem;
    String refused = set();
    problem = refused.isEmpty() ? "" : "host ports do not lead to pods: " + refused;
    if (!refused.isEmpty() && !problem.equals(before)) {
      log.warn("{}", problem);
    }
    return refused.isEmpty();
  }

  /** Returns why the rules can't be set, or empty. */
  private String set() {
    Collection<PodPorts> all = new TreeMap<>(pods).values();
    StringBuilder script = new StringBuilder();
    boolean[] after = new boolean[2];
    for (int i = 0; i < 2; i++) {
      boolean ipv6 = i == 1;
      after[i] = HostPortRules.any(ipv6, all);
      if (after[i] || tables[i]) {
        script.append(HostPortRules.script(table, ipv6, all));
      }
    }
    String refused =
        script.isEmpty() ? "" : nft.apply(script.toString(), "nft refused the rules of host ports");
    if (refused.isEmpty()) {
      tables[0] = after[0];
      tables[1] = after[1];
    }
    return refused;
  }

  private void openLoopback(PodPorts pod) {
    Stream<InetAddress> addresses =
        pod.addresses().stream()
            .map(PodPorts.Inside::address)
            .filter(Inet4Address.class::isInstance);
    addresses.forEach(address -> {
      String why = loopback.open(address);
      if (!why.isEmpty()) {
        log.debug(
            "host ports of pod sandbox {} are not reached by 127.0.0.1: {}", pod.sandboxId(), why);
      }
    });
  }
}
