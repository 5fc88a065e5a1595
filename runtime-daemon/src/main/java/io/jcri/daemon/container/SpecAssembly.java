package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.HostName;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.SecurityProfile;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.runtime.ArgumentLimits;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.IdMapping;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.ProcessArgs;
import io.jcri.oci.spec.ProcessEnv;
import io.jcri.oci.spec.SeccompProfile;
import io.jcri.oci.user.UserRequest;
import io.jcri.oci.user.UserRequest.GroupPolicy;
import io.jcri.oci.user.UserResolver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a container is to be, from the pod, the kubelet's configuration and the image.
 *
 * <p>Thread-safe.
 */
public final class SpecAssembly {
  private final CgroupPaths cgroupPaths;
  private final CgroupSupport cgroups;
  private final UserResolver users;
  private final SeccompProfiles seccompProfiles;
  private final ContainerNamespaces namespaces;
  private final MountPlan mounts;
  private final CdiInjection cdi;
  private final AppArmor apparmor;
  private final ContainerAnnotations annotations;

  public SpecAssembly(
      CgroupPaths cgroupPaths,
      CgroupSupport cgroups,
      UserResolver users,
      SeccompProfiles seccompProfiles,
      ContainerNamespaces namespaces,
      MountPlan mounts,
      CdiInjection cdi,
      AppArmor apparmor,
      ContainerAnnotations annotations) {
    this.cgroupPaths = cgroupPaths;
    this.cgroups = cgroups;
    this.users = users;
    this.seccompProfiles = seccompProfiles;
    this.namespaces = namespaces;
    this.mounts = mounts;
    this.cdi = cdi;
    this.apparmor = apparmor;
    this.annotations = annotations;
  }

  /**
   * Puts together what config.json will say.
   *
   * @param fromImage what the image says of how to run it
   * @param rootfs the mounted root file system
   * @param labels on a node with SELinux
   */
  ContainerSpec assemble(
      Pod pod,
      Container container,
      ImageConfig fromImage,
      Path rootfs,
      Optional<SelinuxLabels> labels)
      throws IOException {
    ContainerConfig config = container.config();
    SecurityContext security = config.security();
    CapabilitySet capabilities = capabilities(pod, security);
    DevicePlan devices = DevicePlan.of(config.devices(), security.privileged());
    List<IdMapping> uids = new ArrayList<>();
    List<IdMapping> gids = new ArrayList<>();
    pod.config()
        .namespaces()
        .user()
        .ifPresent(user -> {
          user.uids().forEach(m -> uids.add(mapping(m)));
          user.gids().forEach(m -> gids.add(mapping(m)));
        });
    List<ContainerMount> planned =
        mounts.plan(pod, container, fromImage.volumes(), labels.map(SelinuxLabels::mount));
    ContainerSpec spec =
        ContainerSpec.builder(
                process(pod, config, fromImage, rootfs, capabilities, labels),
                new ContainerSpec.Root(rootfs.toString(), security.readOnlyRootfs()))
            .mounts(planned)
            .namespaces(namespaces.of(pod, security))
            .idMappings(uids, gids)
            .resources(resources(config, devices))
            .cgroupsPath(
                Optional.of(cgroupPaths.container(pod.config().cgroupParent(), container.id())))
            .devices(devices.nodes())
            .maskedPaths(security.privileged() ? List.of() : security.maskedPaths())
            .readonlyPaths(security.privileged() ? List.of() : security.readOnlyPaths())
            .seccomp(seccomp(security, capabilities))
            .rootfsPropagation(BindMounts.rootfsPropagation(planned))
            .mountLabel(labels.map(SelinuxLabels::mount))
            .annotations(annotations.of(pod, container))
            .build();
    return cdi.inject(pod, config.cdiDevices(), spec);
  }

  private static IdMapping mapping(io.jcri.sandbox.IdMapping mapping) {
    return new IdMapping(mapping.containerId(), mapping.hostId(), mapping.size());
  }

  /** In a user namespace every capability is the container's to have: it counts only inside. */
  private static CapabilitySet capabilities(Pod pod, SecurityContext security) {
    boolean userNamespace = pod.config().namespaces().user().isPresent();
    return CapabilitySet.resolve(
        new CapabilitySet.Request(
            security.addCapabilities(),
            security.dropCapabilities(),
            security.addAmbientCapabilities(),
            security.privileged()),
        userNamespace ? Capability.ofKernel() : Capability.ofDaemon());
  }

  private ContainerProcess process(
      Pod pod,
      ContainerConfig config,
      ImageConfig fromImage,
      Path rootfs,
      CapabilitySet capabilities,
      Optional<SelinuxLabels> labels) {
    SecurityContext security = config.security();
    List<String> arguments =
        ProcessArgs.merge(
            fromImage.entrypoint(), fromImage.command(), config.command(), config.arguments());
    List<String> environment =
        ProcessEnv.merge(HostName.of(pod), config.tty(), fromImage.env(), config.environment());
    ArgumentLimits.check("config.command and config.args", arguments, environment);
    UserRequest who =
        new UserRequest(
            security.runAsUser(),
            security.runAsUser().isPresent() ? Optional.empty() : security.runAsUsername(),
            security.runAsGroup(),
            security.supplementalGroups(),
            security.supplementalGroupsStrict() ? GroupPolicy.STRICT : GroupPolicy.MERGE,
            fromImage.user());
    ContainerProcess.Builder process =
        ContainerProcess.of(arguments).toBuilder()
            .env(environment)
            .cwd(workingDirectory(config, fromImage))
            .user(users.resolve(rootfs, who))
            .capabilities(capabilities)
            .noNewPrivileges(security.noNewPrivileges())
            .oomScoreAdj(OomScore.clamp(config.oomScoreAdj()))
            .terminal(config.tty());
    apparmor(security).ifPresent(process::apparmorProfile);
    labels
        .map(SelinuxLabels::process)
        .filter(label -> !label.isEmpty())
        .ifPresent(process::selinuxLabel);
    return process.build();
  }

  private static String workingDirectory(ContainerConfig config, ImageConfig fromImage) {
    if (!config.workingDirectory().isEmpty()) {
      return config.workingDirectory();
    }
    String theirs = fromImage.workingDirectory();
    if (!theirs.isEmpty() && !theirs.startsWith("/")) {
      throw JcriException.invalid(
          "image %s has the working directory %s, which is not absolute"
              .formatted(config.imageSpec(), theirs));
    }
    return theirs;
  }

  private LinuxResources resources(ContainerConfig config, DevicePlan devices) {
    return cgroups.fit(config.resources().toBuilder().devices(devices.rules()).build());
  }

  private Optional<SeccompProfile> seccomp(SecurityContext security, CapabilitySet capabilities) {
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
  private Optional<String> apparmor(SecurityContext security) {
    return security.privileged() ? Optional.empty() : apparmor.profile(security.apparmor());
  }
}
