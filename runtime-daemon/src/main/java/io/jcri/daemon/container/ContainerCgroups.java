package io.jcri.daemon.container;

import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import java.util.List;

/** What config.json says of a container's cgroup: where it lies, and what this node can limit. */
final class ContainerCgroups {
  private final CgroupPaths paths;
  private final CgroupSupport support;

  ContainerCgroups(CgroupPaths paths, CgroupSupport support) {
    this.paths = paths;
    this.support = support;
  }

  String path(Pod pod, String id) {
    return paths.container(pod.config().cgroupParent(), id);
  }

  /**
   * The limits that were asked for, as this node can hold them.
   *
   * @throws io.jcri.oci.OciException as {@link CgroupSupport#fit}
   */
  LinuxResources limits(LinuxResources asked, List<DeviceRule> devices) {
    return support.fit(asked.toBuilder().devices(devices).build());
  }
}
