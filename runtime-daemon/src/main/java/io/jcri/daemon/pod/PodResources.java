package io.jcri.daemon.pod;

import io.jcri.oci.spec.LinuxResources;

/**
 * What the kubelet says of a pod's resources as a whole. It sets the pod's cgroup itself; here they
 * are kept and told.
 *
 * @param overhead what the pod may use beyond its containers
 * @param total the sum of its containers' resources
 */
public record PodResources(LinuxResources overhead, LinuxResources total) {
  public static final PodResources NONE =
      new PodResources(LinuxResources.NONE, LinuxResources.NONE);
}
