package io.jcri.daemon.pod;

import io.jcri.sandbox.IdMapping;
import java.util.List;
import java.util.Optional;

/**
 * {@code NamespaceOption}: which namespaces are shared with whom.
 *
 * @param targetId the container whose pid namespace is meant when {@code pid} is TARGET
 * @param user the pod's user namespace, empty for the host's
 */
public record NamespaceOptions(
    NamespaceMode network,
    NamespaceMode pid,
    NamespaceMode ipc,
    String targetId,
    Optional<UserMappings> user) {

  /** The ranges of a user namespace; each list maps id 0, and none of its ranges overlap. */
  public record UserMappings(List<IdMapping> uids, List<IdMapping> gids) {
    public UserMappings {
      uids = List.copyOf(uids);
      gids = List.copyOf(gids);
    }

    /** Whom the node thinks the namespace's root is. */
    public long rootUid() {
      return hostRoot(uids);
    }

    /** The node's number of the namespace's group 0. */
    public long rootGid() {
      return hostRoot(gids);
    }

    private static long hostRoot(List<IdMapping> mappings) {
      return mappings.stream()
          .filter(mapping -> mapping.containerId() == 0)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("id 0 is not mapped by " + mappings))
          .hostId();
    }
  }
}
