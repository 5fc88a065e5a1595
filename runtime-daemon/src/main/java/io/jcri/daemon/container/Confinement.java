package io.jcri.daemon.container;

import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.SecurityProfile;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.SeccompProfile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a container's processes may do: capabilities, seccomp, AppArmor. A privileged one has no
 * profile.
 *
 * <p>Thread-safe.
 */
final class Confinement {
  private final SeccompProfiles seccompProfiles;
  private final AppArmor apparmor;

  Confinement(SeccompProfiles seccompProfiles, AppArmor apparmor) {
    this.seccompProfiles = seccompProfiles;
    this.apparmor = apparmor;
  }

  /** In a user namespace every capability is the container's to have: it counts only inside. */
  CapabilitySet capabilities(Pod pod, SecurityContext security) {
    boolean userNamespace = pod.config().namespaces().user().isPresent();
    return CapabilitySet.resolve(
        new CapabilitySet.Request(
            security.addCapabilities(),
            security.dropCapabilities(),
            security.addAmbientCapabilities(),
            security.privileged()),
        userNamespace ? Capability.ofKernel() : Capability.ofDaemon());
  }

  Optional<SeccompProfile> seccomp(SecurityContext security, CapabilitySet capabilities) {
    if (security.privileged()) {
      return Optional.empty();
    }
    SecurityProfile profile = security.seccomp();
    return switch (profile.type()) {
      case UNCONFINED -> Optional.empty();
      case RUNTIME_DEFAULT -> Optional.of(seccompProfiles.runtimeDefault(capabilities));
      case LOCALHOST ->
          Optional.of(seccompProfiles.localhost(Path.of(profile.localhostRef()), capabilities));
    };
  }

  /** Only where the kernel has AppArmor: a profile that can't be applied must not be promised. */
  Optional<String> apparmor(SecurityContext security) {
    return security.privileged() ? Optional.empty() : apparmor.profile(security.apparmor());
  }
}
