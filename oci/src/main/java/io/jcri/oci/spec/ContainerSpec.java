package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that config.json says about a container, in the order in which it says it; each
 * component and those of its parts have their place there. So a new one needs a line here and one
 * in the builder to be written, read, and kept by updates. Immutable; {@link #builder} starts one,
 * {@link #toBuilder} changes one (NRI and CDI edits).
 *
 * @param root path of the mounted root file system on the host
 * @param hostname only with a UTS namespace of the container's own; pods have theirs already
 * @param mounts in the order in which they are made
 * @param uidMappings with gidMappings: needed when a user namespace is created or joined
 * @param cgroupsPath a path for the cgroupfs driver, {@code slice:prefix:name} for systemd
 * @param sysctls namespaced kernel settings, {@code net.core.somaxconn} style
 * @param rootfsPropagation {@code rprivate}, {@code rslave} or {@code rshared}; empty leaves the
 *     runtime's choice
 * @param mountLabel SELinux label of the root file system and of tmpfs mounts
 * @param netDevices interfaces that move into the container, by their names on the host
 * @param memoryPolicy NUMA policy of the processes
 */
public record ContainerSpec(
    ContainerProcess process,
    Root root,
    Optional<String> hostname,
    List<ContainerMount> mounts,
    @Placed(sparse = true) Hooks hooks,
    Map<String, String> annotations,
    @Placed("linux.uidMappings") List<IdMapping> uidMappings,
    @Placed("linux.gidMappings") List<IdMapping> gidMappings,
    @Placed("linux.sysctl") Map<String, String> sysctls,
    @Placed(value = "linux.resources", sparse = true) LinuxResources resources,
    @Placed("linux.cgroupsPath") Optional<String> cgroupsPath,
    @Placed("linux.namespaces") List<Namespace> namespaces,
    @Placed("linux.devices") List<DeviceNode> devices,
    @Placed("linux.seccomp") Optional<SeccompProfile> seccomp,
    @Placed("linux.rootfsPropagation") Optional<String> rootfsPropagation,
    @Placed("linux.maskedPaths") List<String> maskedPaths,
    @Placed("linux.readonlyPaths") List<String> readonlyPaths,
    @Placed("linux.mountLabel") Optional<String> mountLabel,
    @Placed("linux.intelRdt") Optional<IntelRdt> intelRdt,
    @Placed("linux.memoryPolicy") Optional<MemoryPolicy> memoryPolicy,
    @Placed("linux.netDevices") Map<String, NetDevice> netDevices) {

  /**
   * The root file system.
   *
   * @param path on the host; relative ones start at the bundle
   */
  public record Root(String path, @Placed(sparse = true) boolean readonly) {}

  /**
   * A network interface of the host's that the container gets.
   *
   * @param name in the container; empty keeps the host's
   */
  public record NetDevice(@Placed(sparse = true) String name) {}

  public ContainerSpec {
    mounts = List.copyOf(mounts);
    namespaces = List.copyOf(namespaces);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    sysctls = Map.copyOf(sysctls);
    devices = List.copyOf(devices);
    intelRdt = intelRdt.filter(rdt -> !rdt.equals(IntelRdt.NONE));
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
    annotations = Map.copyOf(annotations);
    netDevices = Map.copyOf(netDevices);
  }

  /** A container with nothing but a process and a root: everything else is empty. */
  public static Builder builder(ContainerProcess process, Root root) {
    return new Builder(process, root);
  }

  public Builder toBuilder() {
    return new Builder(process, root)
        .hostname(hostname)
        .mounts(mounts)
        .namespaces(namespaces)
        .idMappings(uidMappings, gidMappings)
        .resources(resources)
        .cgroupsPath(cgroupsPath)
        .sysctls(sysctls)
        .devices(devices)
        .maskedPaths(maskedPaths)
        .readonlyPaths(readonlyPaths)
        .seccomp(seccomp)
        .rootfsPropagation(rootfsPropagation)
        .mountLabel(mountLabel)
        .annotations(annotations)
        .hooks(hooks)
        .intelRdt(intelRdt)
        .netDevices(netDevices)
        .memoryPolicy(memoryPolicy);
  }

  /** Collects the components; not thread-safe. */
  public static final class Builder {
    private ContainerProcess process;
    private Root root;
    private Optional<String> hostname = Optional.empty();
    private List<ContainerMount> mounts = List.of();
    private List<Namespace> namespaces = List.of();
    private List<IdMapping> uidMappings = List.of();
    private List<IdMapping> gidMappings = List.of();
    private LinuxResources resources = LinuxResources.NONE;
    private Optional<String> cgroupsPath = Optional.empty();
    private Map<String, String> sysctls = Map.of();
    private List<DeviceNode> devices = List.of();
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private Optional<SeccompProfile> seccomp = Optional.empty();
    private Optional<String> rootfsPropagation = Optional.empty();
    private Optional<String> mountLabel = Optional.empty();
    private Map<String, String> annotations = Map.of();
    private Hooks hooks = Hooks.NONE;
    private Optional<IntelRdt> intelRdt = Optional.empty();
    private Map<String, NetDevice> netDevices = Map.of();
    private Optional<MemoryPolicy> memoryPolicy = Optional.empty();

    private Builder(ContainerProcess process, Root root) {
      this.process = process;
      this.root = root;
    }

    public Builder process(ContainerProcess value) {
      process = value;
      return this;
    }

    public Builder root(Root value) {
      root = value;
      return this;
    }

    public Builder hostname(Optional<String> value) {
      hostname = value;
      return this;
    }

    public Builder mounts(List<ContainerMount> value) {
      mounts = value;
      return this;
    }

    public Builder namespaces(List<Namespace> value) {
      namespaces = value;
      return this;
    }

    public Builder idMappings(List<IdMapping> uids, List<IdMapping> gids) {
      uidMappings = uids;
      gidMappings = gids;
      return this;
    }

    public Builder resources(LinuxResources value) {
      resources = value;
      return this;
    }

    public Builder cgroupsPath(Optional<String> value) {
      cgroupsPath = value;
      return this;
    }

    public Builder sysctls(Map<String, String> value) {
      sysctls = value;
      return this;
    }

    public Builder devices(List<DeviceNode> value) {
      devices = value;
      return this;
    }

    public Builder maskedPaths(List<String> value) {
      maskedPaths = value;
      return this;
    }

    public Builder readonlyPaths(List<String> value) {
      readonlyPaths = value;
      return this;
    }

    public Builder seccomp(Optional<SeccompProfile> value) {
      seccomp = value;
      return this;
    }

    public Builder rootfsPropagation(Optional<String> value) {
      rootfsPropagation = value;
      return this;
    }

    public Builder mountLabel(Optional<String> value) {
      mountLabel = value;
      return this;
    }

    public Builder annotations(Map<String, String> value) {
      annotations = value;
      return this;
    }

    public Builder hooks(Hooks value) {
      hooks = value;
      return this;
    }

    public Builder intelRdt(Optional<IntelRdt> value) {
      intelRdt = value;
      return this;
    }

    public Builder netDevices(Map<String, NetDevice> value) {
      netDevices = value;
      return this;
    }

    public Builder memoryPolicy(Optional<MemoryPolicy> value) {
      memoryPolicy = value;
      return this;
    }

    public ContainerSpec build() {
      return new ContainerSpec(
          process,
          root,
          hostname,
          mounts,
          hooks,
          annotations,
          uidMappings,
          gidMappings,
          sysctls,
          resources,
          cgroupsPath,
          namespaces,
          devices,
          seccomp,
          rootfsPropagation,
          maskedPaths,
          readonlyPaths,
          mountLabel,
          intelRdt,
          memoryPolicy,
          netDevices);
    }
  }
}
