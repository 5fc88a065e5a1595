package io.jcri.daemon.container;

import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import io.jcri.daemon.security.SecurityProfile;
import io.jcri.daemon.security.SelinuxOptions;
import java.util.List;
import java.util.Optional;

/**
 * {@code LinuxContainerSecurityContext}, validated.
 *
 * @param runAsUser the numeric user, which beats {@code runAsUsername}
 * @param supplementalGroupsStrict whether the image's own group memberships are left out
 */
public record SecurityContext(
    boolean privileged,
    List<String> addCapabilities,
    List<String> dropCapabilities,
    List<String> addAmbientCapabilities,
    NamespaceOptions namespaces,
    Optional<Long> runAsUser,
    Optional<String> runAsUsername,
    Optional<Long> runAsGroup,
    List<Long> supplementalGroups,
    boolean supplementalGroupsStrict,
    boolean readOnlyRootfs,
    boolean noNewPrivileges,
    List<String> maskedPaths,
    List<String> readOnlyPaths,
    SecurityProfile seccomp,
    SecurityProfile apparmor,
    Optional<SelinuxOptions> selinux) {

  private static final SecurityProfile BY_DEFAULT =
      new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");

  /** Of a container of which nothing is known any more. */
  static final SecurityContext UNKNOWN =
      new SecurityContext(
          false,
          List.of(),
          List.of(),
          List.of(),
          new NamespaceOptions(
              NamespaceMode.POD, NamespaceMode.CONTAINER, NamespaceMode.POD, "", Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          false,
          false,
          false,
          List.of(),
          List.of(),
          BY_DEFAULT,
          BY_DEFAULT,
          Optional.empty());

  public SecurityContext {
    addCapabilities = List.copyOf(addCapabilities);
    dropCapabilities = List.copyOf(dropCapabilities);
    addAmbientCapabilities = List.copyOf(addAmbientCapabilities);
    supplementalGroups = List.copyOf(supplementalGroups);
    maskedPaths = List.copyOf(maskedPaths);
    readOnlyPaths = List.copyOf(readOnlyPaths);
  }
}
