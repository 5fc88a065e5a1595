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

  /** The ranges of a user namespace; both lists are non-empty. */
  public record UserMappings(List<IdMapping> uids, List<IdMapping> gids) {
    public UserMappings {
      uids = List.copyOf(uids);
      gids = List.copyOf(gids);
    }
  }
}
