package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import io.jcri.cni.ResultCache.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches and detaches single interfaces, with a record of each in the cache. The rule that keeps
 * addresses from leaking: the record is there before the first plugin runs and goes away only when
 * every plugin that may hold something has answered DEL well.
 *
 * <p>Who waits for that differs. A pod that had its network stays until it is undone. One whose ADD
 * failed must not be held by a plugin that may never work (a misspelt IPAM plugin fails DEL for
 * ever): its record alone stays and is tried again from time to time. Thread-safe.
 */
final class Attachments {
  private static final Logger log = LoggerFactory.getLogger(Attachments.class);

  private final Chain chain;
  private final ResultCache cache;
  private final Set<String> unfinished = ConcurrentHashMap.newKeySet();

  Attachments(Chain chain, ResultCache cache) {
    this.chain = chain;
    this.cache = cache;
  }

  /** Runs ADD; when it fails, undoes it and throws why it failed. */
  JsonObject add(Network network, Attachment attachment) throws CniException {
    unfinished.remove(attachment.containerId());
    cache.write(network, attachment, Optional.empty(), false);
    JsonObject result;
    try {
      result = chain.add(network, attachment);
    } catch (Chain.AddFailure e) {
      undo(network, attachment, e.resultSoFar(), e.failedAt(), e.failure());
      throw e.failure();
    }
    try {
      cache.write(network, attachment, Optional.of(result), true);
    } catch (CniException e) {
      undo(network, attachment, Optional.of(result), network.plugins().size(), e);
      throw e;
    }
    return result;
  }

  /** Undoes a complete ADD because something after it failed. */
  void undo(Network network, Attachment attachment, JsonObject result, CniException because) {
    undo(network, attachment, Optional.of(result), network.plugins().size(), because);
  }

  private void undo(
      Network network,
      Attachment attachment,
      Optional<JsonObject> result,
      int failedAt,
      CniException because) {
    List<Chain.DelFailure> open = new ArrayList<>();
    if (failedAt >= 0) {
      for (Chain.DelFailure failure : chain.del(network, attachment, result)) {
        // A plugin that never ran, or whose binary is gone since, holds nothing of this pod.
        boolean missing = failure.failure().reason() == Reason.PLUGIN_MISSING;
        if (failure.index() < failedAt || (failure.index() == failedAt && !missing)) {
          open.add(failure);
        }
      }
    }
    open.forEach(failure -> because.addSuppressed(failure.failure()));
    try {
      if (open.isEmpty()) {
        cache.remove(network, attachment);
      } else {
        cache.write(network, attachment, result, false);
        leaveForLater(attachment, open.getFirst().failure());
      }
    } catch (CniException e) {
      because.addSuppressed(e);
    }
  }

  private void leaveForLater(Attachment attachment, CniException failure) {
    log.warn(
        "the failed attach of sandbox {} is not undone yet: {}",
        attachment.containerId(),
        failure.getMessage());
    unfinished.add(attachment.containerId());
  }

  /**
   * Undoes what the entry records, and forgets it when that worked. Failures are added to {@code
   * failures} when the pod must wait for them.
   */
  void remove(Entry entry, String netns, List<CniException> failures) {
    Attachment attachment = entry.attachment().withNetns(netns).sayable();
    List<CniException> open = new ArrayList<>();
    for (Chain.DelFailure failure : chain.del(entry.network(), attachment, entry.result())) {
      // Of an incomplete chain, a plugin that is missing most likely never ran.
      if (entry.complete() || failure.failure().reason() != Reason.PLUGIN_MISSING) {
        open.add(failure.failure());
      }
    }
    if (open.isEmpty()) {
      try {
        ResultCache.remove(entry.file());
      } catch (CniException e) {
        failures.add(e);
      }
    } else if (entry.complete()) {
      failures.addAll(open);
    } else {
      leaveForLater(attachment, open.getFirst());
    }
  }

  /** Tries again what earlier attempts left for later, except for these sandboxes. */
  void finish(Set<String> busy) {
    for (String id : List.copyOf(unfinished)) {
      if (busy.contains(id) || !unfinished.remove(id)) {
        continue;
      }
      try {
        for (Entry entry : cache.of(id)) {
          if (!entry.complete()) {
            remove(entry, entry.existingNetns(), new ArrayList<>());
          }
        }
      } catch (CniException e) {
        log.warn("{}", e.getMessage());
        unfinished.add(id);
      }
    }
  }

  /** Runs DEL for a pod of which nothing is recorded, with the network as it is now. */
  void removeUnrecorded(Network network, Attachment attachment, List<CniException> failures) {
    for (Chain.DelFailure failure : chain.del(network, attachment, Optional.empty())) {
      if (failure.failure().reason() != Reason.PLUGIN_MISSING) {
        failures.add(failure.failure());
      }
    }
  }
}
