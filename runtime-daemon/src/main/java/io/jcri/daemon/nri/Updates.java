package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.nri.v1alpha1.NriApi.LinuxResources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates of containers that plugins ask for in their answers, one for each container. Not
 * thread-safe.
 */
final class Updates {
  private static final Logger log = LoggerFactory.getLogger(Updates.class);

  private final AdjustmentOwners owners;
  private final String creating;
  private final Map<String, ContainerUpdate> updates = new LinkedHashMap<>();

  /**
   * No updates yet.
   *
   * @param creating the container that is being made and can't be updated, or empty
   */
  Updates(AdjustmentOwners owners, String creating) {
    this.owners = owners;
    this.creating = creating;
  }

  /**
   * Takes what one plugin wants.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set the same, unless the
   *     plugin does not mind; INVALID for the container that is being made
   */
  void take(List<ContainerUpdate> wanted, String plugin) {
    for (ContainerUpdate update : wanted) {
      String id = update.getContainerId();
      if (id.equals(creating)) {
        throw JcriException.invalid(
            "NRI plugin %s asked for an update of container %s during its creation"
                .formatted(plugin, id));
      }
      try {
        new ResourceMerge(new Claims(owners, id, plugin)).claim(update.getLinux().getResources());
      } catch (JcriException e) {
        if (!update.getIgnoreFailure()) {
          throw e;
        }
        log.warn("an update of container {} is left out: {}", id, e.getMessage());
        continue;
      }
      updates.merge(id, update, Updates::merged);
    }
  }

  private static ContainerUpdate merged(ContainerUpdate before, ContainerUpdate more) {
    LinuxResources.Builder resources = before.getLinux().getResources().toBuilder();
    ResourceMerge.overlay(resources, more.getLinux().getResources());
    ContainerUpdate.Builder both = before.toBuilder();
    both.getLinuxBuilder().setResources(resources);
    return both.setIgnoreFailure(before.getIgnoreFailure() && more.getIgnoreFailure()).build();
  }

  /** What is asked for one container; nothing when it is not mentioned. */
  LinuxResources of(String container) {
    return updates
        .getOrDefault(container, ContainerUpdate.getDefaultInstance())
        .getLinux()
        .getResources();
  }

  List<ContainerUpdate> ofOthers() {
    return List.copyOf(updates.values());
  }

  List<ContainerUpdate> ofOthers(String than) {
    return updates.values().stream().filter(u -> !u.getContainerId().equals(than)).toList();
  }
}
