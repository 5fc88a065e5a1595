package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import io.jcri.cni.ResultCache.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches and detaches single interfaces, with a record of each in the cache. The rule that keeps
 * addresses from leaking: the record is there before the first plugin runs and goes away only when
 * every plugin that may hold something has answered DEL well.
 */
final class Attachments {
  private static final Logger log = LoggerFactory.getLogger(Attachments.class);

  private final Chain chain;
  private final ResultCache cache;

  Attachments(Chain chain, ResultCache cache) {
    this.chain = chain;
    this.cache = cache;
  }

  /** Runs ADD; when it fails, undoes it and throws why it failed. */
  JsonObject add(Network network, Attachment attachment) throws CniException {
    cache.write(network, attachment, Optional.empty());
    JsonObject result;
    try {
      result = chain.add(network, attachment);
    } catch (Chain.AddFailure e) {
      undo(network, attachment, e.resultSoFar(), e.failedAt(), e.failure());
      throw e.failure();
    }
    try {
      cache.write(network, attachment, Optional.of(result));
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
    if (open.isEmpty()) {
      try {
        cache.remove(network, attachment);
      } catch (CniException e) {
        because.addSuppressed(e);
      }
    } else {
      log.warn(
          "network {} of sandbox {} is not undone yet: {}",
          network.name(),
          attachment.containerId(),
          open.getFirst().failure().getMessage());
    }
  }

  /** Undoes what the entry records, and forgets it when that worked. */
  void remove(Entry entry, String netns, List<CniException> failures) {
    boolean undone = true;
    Attachment attachment = entry.attachment().withNetns(netns);
    for (Chain.DelFailure failure : chain.del(entry.network(), attachment, entry.result())) {
      if (entry.result().isEmpty() && failure.failure().reason() == Reason.PLUGIN_MISSING) {
        // ADD did not end, so this plugin most likely never ran: it must not hold the pod for ever.
        log.warn("ignored: {}", failure.failure().getMessage());
      } else {
        failures.add(failure.failure());
        undone = false;
      }
    }
    if (undone) {
      try {
        cache.remove(entry.file());
      } catch (CniException e) {
        failures.add(e);
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
