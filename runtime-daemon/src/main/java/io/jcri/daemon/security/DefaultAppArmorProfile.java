package io.jcri.daemon.security;

/**
 * The profile of containers that name none: the kernel's own interfaces are closed as far as
 * namespaces don't close them, mounting is refused, and signals and traces stay among containers.
 */
final class DefaultAppArmorProfile {
  static final String NAME = "jcri-default";

  /** In apparmor.d(5)'s language; needs no include file of the distribution. */
  static final String TEXT =
      """
      profile jcri-default flags=(attach_disconnected,mediate_deleted) {
        network,
        capability,
        file,
        umount,

        # from the daemon, its shims and whatever else of the node is not confined; among containers
        signal (receive) peer=unconfined,
        signal (receive) peer=runc,
        signal (receive) peer=crun,
        signal (send,receive) peer=jcri-default,
        ptrace (trace,read,tracedby,readby) peer=jcri-default,

        # the kernel's settings, but those of the container's own namespaces
        deny @{PROC}/* w,
        deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9/]*}/** w,
        deny @{PROC}/sys/[^kn]** w,
        deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
        deny @{PROC}/sysrq-trigger rwklx,
        deny @{PROC}/kcore rwklx,

        deny mount,
        deny /sys/[^f]*/** wklx,
        deny /sys/f[^s]*/** wklx,
        deny /sys/fs/[^c]*/** wklx,
        deny /sys/fs/c[^g]*/** wklx,
        deny /sys/fs/cg[^r]*/** wklx,
        deny /sys/firmware/** rwklx,
        deny /sys/devices/virtual/powercap/** rwklx,
        deny /sys/kernel/security/** rwklx,
      }
      """
          .replace("@{PROC}", "/proc");

  private DefaultAppArmorProfile() {}
}
