package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.hooks.HookDirectories;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.IdMapping;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a container is to be, from the pod, the kubelet's configuration and the image. It only
 * plans: what is to be done for it is in the {@link ContainerPlan}, and {@link ContainerResources}
 * does it.
 *
 * <p>Thread-safe.
 */
final class SpecAssembly {
  private final Handlers handlers;
  private final ContainerCgroups cgroups;
  private final Confinement confinement;
  private final ContainerNamespaces namespaces;
  private final ProcessPlanning processes;
  private final MountPlanning mounts;
  private final CdiInjection cdi;
  private final Supplier<ContainerSettings> settings;
  private final HookDirectories hooks = new HookDirectories();

  /**
   * For all containers.
   *
   * @param settings of the day
   */
  SpecAssembly(
      Handlers handlers,
      ContainerCgroups cgroups,
      Confinement confinement,
      ContainerNamespaces namespaces,
      ProcessPlanning processes,
      MountPlanning mounts,
      CdiInjection cdi,
      Supplier<ContainerSettings> settings) {
    this.handlers = handlers;
    this.cgroups = cgroups;
    this.confinement = confinement;
    this.namespaces = namespaces;
    this.processes = processes;
    this.mounts = mounts;
    this.cdi = cdi;
    this.settings = settings;
  }

  /**
   * Puts together what config.json will say, but for what has to be made first.
   *
   * @param fromImage what the image says of how to run it
   * @param rootfs the mounted root file system
   * @param labels on a node with SELinux
   * @throws JcriException for what this node can't do
   * @throws io.jcri.oci.OciException likewise
   */
  ContainerPlan plan(
      Pod pod,
      Container container,
      ImageConfig fromImage,
      Path rootfs,
      Optional<SelinuxLabels> labels) {
    ContainerConfig config = container.config();
    SecurityContext security = config.security();
    checkImageHandler(config);
    Handler handler = handlers.require(pod.config().handler());
    handler.requireMemory(config.resources().memoryLimit());
    CapabilitySet capabilities = confinement.capabilities(pod, security);
    Map<String, String> wishes = pod.config().annotations();
    DevicePlan devices =
        DevicePlan.of(
            PodWishes.devices(handler.rules(), settings.get(), wishes, config.devices()),
            security.privileged(),
            DevicePlan.Node.HERE);
    Optional<String> fileLabel = labels.map(SelinuxLabels::mount);
    MountPlan planned =
        mounts.plan(pod, container, fromImage.volumes(), fileLabel, handler::features);
    Optional<UserMappings> user = pod.config().namespaces().user();
    ContainerSpec spec =
        ContainerSpec.builder(
                processes
                    .plan(pod, config, fromImage, rootfs, capabilities, labels)
                    .withUmask(PodWishes.umask(handler.rules(), wishes)),
                new ContainerSpec.Root(rootfs.toString(), security.readOnlyRootfs()))
            .namespaces(namespaces.of(pod, security))
            .idMappings(
                mappings(user.map(UserMappings::uids)), mappings(user.map(UserMappings::gids)))
            .resources(cgroups.limits(config.resources(), devices.rules()))
            .cgroupsPath(Optional.of(cgroups.path(pod, container.id())))
            .devices(devices.nodes())
            .maskedPaths(security.privileged() ? List.of() : security.maskedPaths())
            .readonlyPaths(security.privileged() ? List.of() : security.readOnlyPaths())
            .seccomp(confinement.seccomp(security, capabilities))
            .mountLabel(fileLabel)
            .annotations(ContainerAnnotations.of(handler.annotations(), pod, container))
            .build();
    return new ContainerPlan(spec, planned);
  }

  /** Whether the pod's handler wants root file systems that are copies of their images. */
  boolean copiesRoot(Pod pod) {
    return handlers.require(pod.config().handler()).copiesRoot();
  }

  /** The node's images serve every handler that it has; of another there are none. */
  private void checkImageHandler(ContainerConfig config) {
    config
        .imageHandler()
        .ifPresent(name -> handlers.requireKnown(name, "config.image.runtime_handler"));
  }

  /**
   * All that config.json will say, once what the plan mounts is there.
   *
   * @param shown what the plan's requests have become
   */
  ContainerSpec complete(
      Pod pod, Container container, ContainerPlan plan, List<ContainerMount> shown) {
    List<ContainerMount> all = plan.mounts().with(shown);
    ContainerSpec spec =
        plan.spec().toBuilder()
            .mounts(all)
            .rootfsPropagation(BindMounts.rootfsPropagation(all))
            .build();
    return withHooks(pod, container, cdi.inject(pod, container.config().cdiDevices(), spec));
  }

  private ContainerSpec withHooks(Pod pod, Container container, ContainerSpec spec) {
    List<Path> directories = settings.get().hooks();
    if (directories.isEmpty()) {
      return spec;
    }
    Map<String, String> annotations = new HashMap<>(pod.config().annotations());
    annotations.putAll(container.config().annotations());
    return hooks.add(directories, spec, annotations, !container.config().mounts().isEmpty());
  }

  private static List<IdMapping> mappings(Optional<List<io.jcri.sandbox.IdMapping>> mappings) {
    return mappings.stream()
        .flatMap(List::stream)
        .map(m -> new IdMapping(m.containerId(), m.hostId(), m.size()))
        .toList();
  }
}
