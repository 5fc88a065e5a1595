package io.jcri.sandbox.cgroup;

/** Who makes the groups of pods and containers; what RuntimeConfig tells the kubelet. */
public enum CgroupDriver {
  /** The runtime, by making directories. */
  CGROUPFS,

  /** systemd, as slices and scopes. */
  SYSTEMD
}
