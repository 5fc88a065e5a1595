package io.jcri.sandbox;

import java.util.List;

/**
 * The id ranges of a pod's own user namespace (CRI {@code UserNamespace} of mode POD). Each list
 * has up to 340 ranges, and one of them starts at the pod's id 0.
 *
 * @param uidMappings of users
 * @param gidMappings of groups
 */
public record UserNamespace(List<IdMapping> uidMappings, List<IdMapping> gidMappings) {
  /** Takes copies of the lists. */
  public UserNamespace {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }
}
