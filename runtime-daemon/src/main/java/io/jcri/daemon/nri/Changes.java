package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.ContainerEviction;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what plugins want of containers that are there. Thread-safe. */
final class Changes {
  private static final Logger log = LoggerFactory.getLogger(Changes.class);

  private final NodeObjects node;

  Changes(NodeObjects node) {
    this.node = node;
  }

  /**
   * Updates containers, each by itself.
   *
   * @param plugin who wants it
   * @return the updates that failed and whose failure matters
   */
  List<ContainerUpdate> update(List<ContainerUpdate> updates, String plugin) {
    List<ContainerUpdate> failed = new ArrayList<>();
    for (ContainerUpdate update : updates) {
      try {
        node.update(update.getContainerId(), Limits.read(update.getLinux().getResources(), plugin));
      } catch (JcriException | OciException | UncheckedIOException e) {
        log.warn(
            "container {} could not be updated for NRI {}: {}",
            update.getContainerId(),
            plugin,
            e.getMessage());
        if (!update.getIgnoreFailure()) {
          failed.add(update);
        }
      }
    }
    return failed;
  }

  void evict(List<ContainerEviction> evictions, String plugin) {
    for (ContainerEviction eviction : evictions) {
      String id = eviction.getContainerId();
      log.info("container {} is evicted by NRI {}: {}", id, plugin, eviction.getReason());
      try {
        node.kill(id);
      } catch (JcriException | IOException e) {
        log.warn("container {} could not be evicted: {}", id, e.getMessage());
      }
    }
  }
}
