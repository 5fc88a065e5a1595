package io.jcri.sandbox.cgroup;

/** How the host mounts its control groups. */
public enum CgroupLayout {
  /** Version 1 hierarchies only. */
  V1,

  /** Version 1 hierarchies with the controllers, and version 2 beside them. */
  HYBRID,

  /** Version 2 only. */
  V2
}
