package io.jcri.daemon.cri.container;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.Capability;
import io.jcri.cri.v1.Int64Value;
import io.jcri.cri.v1.LinuxContainerSecurityContext;
import io.jcri.daemon.container.SecurityContext;
import io.jcri.daemon.cri.message.SelinuxFields;
import io.jcri.daemon.cri.pod.PodConfigs;
import io.jcri.daemon.security.SecurityProfile;
import java.util.List;
import java.util.Optional;

/** Reads and checks a container's security context. */
final class SecurityContexts {
  private static final String FIELD = "config.linux.security_context.";
  private static final String LOCALHOST_PREFIX = "localhost/";
  private static final long MAX_ID = 0xFFFF_FFFEL;

  private SecurityContexts() {}

  @SuppressWarnings("deprecation") // old clients still send the strings
  static SecurityContext read(LinuxContainerSecurityContext context) {
    Capability capabilities = context.getCapabilities();
    Optional<Long> user = id(context.hasRunAsUser(), context.getRunAsUser(), "run_as_user");
    Optional<Long> group = id(context.hasRunAsGroup(), context.getRunAsGroup(), "run_as_group");
    String username = context.getRunAsUsername();
    if (group.isPresent() && user.isEmpty() && username.isEmpty()) {
      throw invalid(FIELD + "run_as_group needs run_as_user or run_as_username");
    }
    context.getSupplementalGroupsList().forEach(g -> checkId(g, "supplemental_groups"));
    // Without a word the kubelet means: no seccomp filter, but AppArmor where the node has it.
    return new SecurityContext(
        context.getPrivileged(),
        capabilities.getAddCapabilitiesList(),
        capabilities.getDropCapabilitiesList(),
        capabilities.getAddAmbientCapabilitiesList(),
        PodConfigs.namespaces(context.getNamespaceOptions(), FIELD + "namespace_options"),
        user,
        username.isEmpty() ? Optional.empty() : Optional.of(username),
        group,
        context.getSupplementalGroupsList(),
        strict(context),
        context.getReadonlyRootfs(),
        context.getNoNewPrivs(),
        context.getMaskedPathsList(),
        context.getReadonlyPathsList(),
        profile(
            context.hasSeccomp(),
            context.getSeccomp(),
            context.getSeccompProfilePath(),
            SecurityProfile.Type.UNCONFINED,
            "seccomp"),
        profile(
            context.hasApparmor(),
            context.getApparmor(),
            context.getApparmorProfile(),
            SecurityProfile.Type.RUNTIME_DEFAULT,
            "apparmor"),
        SelinuxFields.read(context.getSelinuxOptions(), FIELD + "selinux_options"));
  }

  private static boolean strict(LinuxContainerSecurityContext context) {
    return switch (context.getSupplementalGroupsPolicy()) {
      case Merge -> false;
      case Strict -> true;
      case UNRECOGNIZED -> throw invalid(FIELD + "supplemental_groups_policy has an unknown value");
    };
  }

  private static Optional<Long> id(boolean present, Int64Value value, String field) {
    if (!present) {
      return Optional.empty();
    }
    checkId(value.getValue(), field);
    return Optional.of(value.getValue());
  }

  /** User and group ids are 32 bits, and the highest means "none" to the kernel. */
  private static void checkId(long id, String field) {
    if (id < 0 || id > MAX_ID) {
      throw invalid("%s%s is %d but must be between 0 and %d".formatted(FIELD, field, id, MAX_ID));
    }
  }

  /**
   * The structured field, or else the deprecated string.
   *
   * @param otherwise with neither
   */
  private static SecurityProfile profile(
      boolean present,
      io.jcri.cri.v1.SecurityProfile profile,
      String deprecated,
      SecurityProfile.Type otherwise,
      String field) {
    if (!present) {
      return deprecated.isEmpty()
          ? new SecurityProfile(otherwise, "")
          : deprecatedProfile(deprecated, field);
    }
    return switch (profile.getProfileType()) {
      case RuntimeDefault -> new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");
      case Unconfined -> new SecurityProfile(SecurityProfile.Type.UNCONFINED, "");
      case Localhost -> {
        if (profile.getLocalhostRef().isEmpty()) {
          throw invalid(FIELD + field + ": a Localhost profile needs a localhost_ref");
        }
        yield new SecurityProfile(
            SecurityProfile.Type.LOCALHOST, unprefixed(profile.getLocalhostRef()));
      }
      case UNRECOGNIZED -> throw invalid(FIELD + field + " has an unknown profile type");
    };
  }

  private static SecurityProfile deprecatedProfile(String text, String field) {
    if (text.equals("unconfined")) {
      return new SecurityProfile(SecurityProfile.Type.UNCONFINED, "");
    }
    if (List.of("runtime/default", "docker/default").contains(text)) {
      return new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");
    }
    if (text.startsWith(LOCALHOST_PREFIX)) {
      return new SecurityProfile(SecurityProfile.Type.LOCALHOST, unprefixed(text));
    }
    throw invalid(FIELD + field + ": \"" + text + "\" names no profile");
  }

  private static String unprefixed(String reference) {
    return reference.startsWith(LOCALHOST_PREFIX)
        ? reference.substring(LOCALHOST_PREFIX.length())
        : reference;
  }
}
