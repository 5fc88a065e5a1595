package io.jcri.daemon.node;

import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.runtime.KernelVersion;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.CgroupLayout;
import java.util.List;
import java.util.Set;

/** Nodes for tests that need one and do not care which. */
public final class MadeUpNode {
  private MadeUpNode() {}

  /** Of version 1, with all that pods need. */
  public static NodeFacts with(CgroupDriver driver) {
    return with(driver, new KernelVersion(6, 18));
  }

  public static NodeFacts with(CgroupDriver driver, KernelVersion kernel) {
    return new NodeFacts(
        new CgroupFacts(
            CgroupLayout.V1,
            driver,
            new CgroupSupport(false, Set.of("cpu", "cpuset", "memory", "pids"), false)),
        new KernelFacts(kernel, true, true, false),
        SelinuxFacts.NONE,
        new AppArmorFacts(false),
        new SeccompFacts(List.of("errno", "allow")));
  }
}
