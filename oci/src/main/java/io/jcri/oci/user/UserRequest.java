package io.jcri.oci.user;

import java.util.List;
import java.util.Optional;

/**
 * Who a container is to run as: CRI's security context and, where that is silent, the image.
 *
 * @param uid {@code run_as_user}
 * @param username {@code run_as_username}, excludes {@code uid}
 * @param gid {@code run_as_group}; only with a user
 * @param supplementalGroups {@code supplemental_groups}
 * @param imageUser the image's USER: empty, {@code user}, {@code uid}, {@code user:group}, ...
 */
public record UserRequest(
    Optional<Long> uid,
    Optional<String> username,
    Optional<Long> gid,
    List<Long> supplementalGroups,
    GroupPolicy policy,
    String imageUser) {

  /** CRI's {@code SupplementalGroupsPolicy}. */
  public enum GroupPolicy {
    /** The groups that the image's /etc/group gives the user count too. */
    MERGE,
    /** Only the groups that were asked for. */
    STRICT
  }

  public UserRequest {
    supplementalGroups = List.copyOf(supplementalGroups);
  }

  /** Only what the image says. */
  public static UserRequest ofImage(String imageUser) {
    return new UserRequest(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        GroupPolicy.MERGE,
        imageUser);
  }
}
