package io.jcri.daemon.config;

import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.Rlimit;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What containers get that neither their pod nor their image says otherwise of.
 *
 * @param ulimits each kind once; the daemon's own limits count for those that are not there
 * @param env {@code NAME=value}
 * @param sysctls of pods, by {@link PodSysctls#name}
 * @param pidsLimit how many processes and threads a container may have; 0 for no limit
 * @param capabilities to which a container's own are added, and from which they are dropped
 * @param shmBytes the size of a pod's /dev/shm
 * @param devices that every container has
 * @param allowedDevices paths on the node that an annotation may ask for, where that is heeded
 * @param absentSources host paths of mounts that are not made when they are not there
 * @param profiles of containers that name none
 * @param timeZone {@code Local} for the node's, or a name of the IANA's; empty for the image's
 * @param hooks directories of oci-hooks(5), the later before the earlier
 * @param logLimit bytes of a log above which it begins anew, 0 for no limit
 */
public record ContainerSettings(
    List<Rlimit> ulimits,
    List<String> env,
    Map<String, String> sysctls,
    long pidsLimit,
    Set<Capability> capabilities,
    long shmBytes,
    List<HostDevice> devices,
    List<Path> allowedDevices,
    List<Path> absentSources,
    Profiles profiles,
    Optional<String> timeZone,
    List<Path> hooks,
    long logLimit) {
  public ContainerSettings {
    ulimits = List.copyOf(ulimits);
    env = List.copyOf(env);
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    EnumSet<Capability> sorted = EnumSet.noneOf(Capability.class);
    sorted.addAll(capabilities);
    capabilities = Collections.unmodifiableSet(sorted);
    devices = List.copyOf(devices);
    allowedDevices = List.copyOf(allowedDevices);
    absentSources = List.copyOf(absentSources);
    hooks = List.copyOf(hooks);
  }

  /** What an empty file means: for files, what systemd gives to every service. */
  static ContainerSettings defaults() {
    return new ContainerSettings(
        List.of(new Rlimit("RLIMIT_NOFILE", 524_288, 1024)),
        List.of(),
        Map.of(),
        0,
        CapabilitySet.DEFAULTS,
        64L << 20,
        List.of(),
        List.of(Path.of("/dev/fuse"), Path.of("/dev/net/tun")),
        List.of(),
        Profiles.OWN,
        Optional.empty(),
        List.of(),
        0);
  }
}
