package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import java.util.List;
import java.util.function.Supplier;

/** What config.json says of a container's cgroup: where it lies, and what this node can limit. */
final class ContainerCgroups {
  private final CgroupPaths paths;
  private final CgroupSupport support;

  private final Supplier<ContainerSettings> settings;

  /**
   * For all containers.
   *
   * @param settings of the day
   */
  ContainerCgroups(CgroupPaths paths, CgroupSupport support, Supplier<ContainerSettings> settings) {
    this.settings = settings;
    this.paths = paths;
    this.support = support;
  }

  String path(Pod pod, String id) {
    return paths.container(pod.config().cgroupParent(), id);
  }

  /**
   * The limits that were asked for, and of processes that of the configuration when none was, as
   * this node can hold them.
   *
   * @throws io.jcri.oci.OciException as {@link CgroupSupport#fit}
   */
  LinuxResources limits(LinuxResources asked, List<DeviceRule> devices) {
    LinuxResources.Builder limits = asked.toBuilder().devices(devices);
    if (asked.pidsLimit().isEmpty() && !asked.unified().containsKey("pids.max")) {
      limits.pidsLimit(settings.get().pidsLimit());
    }
    return support.fit(limits.build());
  }
}
