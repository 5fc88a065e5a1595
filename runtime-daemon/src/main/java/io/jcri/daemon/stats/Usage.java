package io.jcri.daemon.stats;

import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.runtime.RuntimeStats;
import io.jcri.sandbox.cgroup.CgroupStats;
import io.jcri.sandbox.cgroup.Pressure;
import java.util.Map;
import java.util.Optional;

/**
 * What a container or pod uses.
 *
 * @param at nanoseconds since the epoch
 * @param cgroup empty when it has no cgroup: not started, ended meanwhile, or inside of a kernel of
 *     its own
 * @param told what the OCI runtime tells of one inside of a kernel of its own
 * @param nanoCores CPU rate in billionths of a core
 * @param pressure stall figures, where the kernel has them
 * @param writable the writable layer; nothing for a pod
 */
public record Usage(
    long at,
    Optional<CgroupStats> cgroup,
    Optional<RuntimeStats> told,
    long nanoCores,
    Map<Pressure.Resource, Pressure> pressure,
    DiskUsage writable) {

  public Usage {
    pressure = Map.copyOf(pressure);
  }
}
