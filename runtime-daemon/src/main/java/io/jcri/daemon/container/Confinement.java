package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.config.Profiles;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.SecurityProfile;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.SeccompProfile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a container's processes may do: capabilities, seccomp, AppArmor. A privileged one has no
 * profile but what the node's configuration has for such.
 *
 * <p>Thread-safe.
 */
final class Confinement {
  private final SeccompProfiles seccompProfiles;
  private final AppArmor apparmor;
  private final Supplier<ContainerSettings> settings;

  /**
   * For all containers.
   *
   * @param settings of the day
   */
  Confinement(
      SeccompProfiles seccompProfiles, AppArmor apparmor, Supplier<ContainerSettings> settings) {
    this.settings = settings;
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
        settings.get().capabilities(),
        userNamespace ? Capability.ofKernel() : Capability.ofDaemon());
  }

  Optional<SeccompProfile> seccomp(SecurityContext security, CapabilitySet capabilities) {
    Profiles ofNode = settings.get().profiles();
    if (security.privileged()) {
      return ofNode.privilegedSeccomp().map(file -> seccompProfiles.localhost(file, capabilities));
    }
    SecurityProfile profile = security.seccomp();
    return switch (profile.type()) {
      case UNCONFINED -> Optional.empty();
      case RUNTIME_DEFAULT ->
          Optional.of(
              ofNode
                  .seccomp()
                  .map(file -> seccompProfiles.localhost(file, capabilities))
                  .orElseGet(() -> seccompProfiles.runtimeDefault(capabilities)));
      case LOCALHOST ->
          Optional.of(seccompProfiles.localhost(Path.of(profile.localhostRef()), capabilities));
    };
  }

  /** Only where the kernel has AppArmor: a profile that can't be applied must not be promised. */
  Optional<String> apparmor(SecurityContext security) {
    Profiles ofNode = settings.get().profiles();
    return security.privileged()
        ? ofNode.privilegedApparmor().flatMap(apparmor::ofNode)
        : apparmor.profile(security.apparmor(), ofNode.apparmor());
  }
}
