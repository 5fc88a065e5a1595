package io.jcri.daemon.image;

import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.oci.snapshot.IdMap;
import java.util.Optional;

/** The pod's user namespace as the snapshotter wants it. */
final class IdMaps {
  private IdMaps() {}

  static Optional<IdMap> of(Optional<UserMappings> user) {
    return user.map(mappings -> new IdMap(mappings.uids(), mappings.gids()));
  }
}
