package io.jcri.cni;

import io.jcri.cni.ResultCache.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is recorded of sandboxes that are no more. Thread-safe. */
final class Garbage {
  private static final Logger log = LoggerFactory.getLogger(Garbage.class);

  /** A sandbox this young may be missing in a list of live ones that was made just before it. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final int TOLD = 20;

  // Files are stamped by a clock that lags a few milliseconds behind.
  private final Instant opened = Instant.now().minusSeconds(1);
  private final ResultCache cache;
  private final Attachments attachments;
  private final HostPorts hostPorts;
  private final NetworkStore store;
  private final PluginVersions versions;
  private final Chain chain;
  private final PluginRunner runner;
  private final Set<String> attaching;

  /**
   * @param attaching the sandboxes that are being attached, which are left alone
   */
  Garbage(
      ResultCache cache,
      Attachments attachments,
      HostPorts hostPorts,
      NetworkStore store,
      PluginVersions versions,
      Chain chain,
      PluginRunner runner,
      Set<String> attaching) {
    this.cache = cache;
    this.attachments = attachments;
    this.hostPorts = hostPorts;
    this.store = store;
    this.versions = versions;
    this.chain = chain;
    this.runner = runner;
    this.attaching = attaching;
  }

  /** As {@link Cni#collectGarbage}. */
  void collect(Set<String> liveSandboxIds) {
    try {
      List<CniException> failures = new ArrayList<>();
      for (Entry entry : cache.all()) {
        String id = entry.attachment().containerId();
        if (entry.ours()
            && !liveSandboxIds.contains(id)
            && !attaching.contains(id)
            && !isYoung(entry.written(), Instant.now())) {
          log.info("network {} of dead sandbox {} is undone", entry.network().name(), id);
          hostPorts.release(id, List.of(entry));
          attachments.remove(entry, entry.existingNetns(), failures);
        }
      }
      Set<String> known = new HashSet<>(liveSandboxIds);
      known.addAll(attaching);
      cache.torn().removeExcept(known);
      for (Network network : store.state().networks()) {
        Network negotiated = versions.negotiate(network);
        if (negotiated.version().hasStatusAndGc() && !negotiated.disableGc()) {
          // Listed last: what was attached meanwhile must be among the valid ones.
          List<Attachment> valid =
              cache.all().stream()
                  .filter(entry -> entry.network().name().equals(network.name()))
                  .map(Entry::attachment)
                  .toList();
          failures.addAll(chain.gc(negotiated, valid, runner.timeout()));
        }
      }
      failures.forEach(failure -> log.warn("collecting garbage: {}", failure.getMessage()));
      store.state().networks().forEach(Garbage::tellLost);
    } catch (CniException e) {
      log.warn("collecting garbage: {}", e.getMessage());
    }
  }

  /** What is still there when plugins have collected theirs. */
  private static void tellLost(Network network) {
    List<Path> lost = HostLocal.lost(network);
    if (!lost.isEmpty()) {
      log.warn(
          "network {} has lost {} of its addresses to a power cut, as no plugin can tell whose they"
              + " were; remove the empty files if no pod has these addresses: {}",
          network.name(),
          lost.size(),
          lost.size() > TOLD ? lost.subList(0, TOLD) + " and others" : lost);
    }
  }

  /** What an earlier daemon wrote is known to whoever lists sandboxes now, however young it is. */
  private boolean isYoung(Instant written, Instant now) {
    // What comes later than now was written before the clock was set back.
    return written.isAfter(now.minus(GRACE)) && written.isAfter(opened) && !written.isAfter(now);
  }
}
