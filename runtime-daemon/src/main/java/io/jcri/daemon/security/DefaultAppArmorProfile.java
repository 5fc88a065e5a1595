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
        # What is allowed at large; capabilities and namespaces narrow it.
        file,
        network,
        capability,
        umount,
        deny mount,

        # The node's processes may signal a container, a container only its like.
        signal (receive) peer=unconfined,
        signal (receive) peer=runc,
        signal (receive) peer=crun,
        signal peer=jcri-default,
        ptrace peer=jcri-default,

        # Settings of the kernel that belong to no namespace. Of "kernel" stay those of System V
        # IPC and of names.
        deny /proc/sys/{abi,crypto,debug,dev,fs,sunrpc,user,vm}/** wkl,
        deny /proc/sys/kernel/[^dhmns]** wkl,
        deny /proc/sys/kernel/{dmesg_restrict,hotplug,hung_task*,max_*,modprobe,modules_disabled} wkl,
        deny /proc/sys/kernel/{nmi_*,numa_*,sched_*,soft*,stack_*,sysctl_*,sysrq} wkl,
        deny /proc/sys/kernel/{seccomp,sched_domain}/** wkl,

        # The machine itself.
        deny /proc/{kcore,kmem,mem,sysrq-trigger} rwkl,
        deny /proc/{acpi,bus,driver,irq,scsi}/** wkl,
        deny /sys/{block,bus,class,dev,devices,hypervisor,kernel,module,power}/** wkl,
        deny /sys/fs/{bpf,btrfs,ext4,f2fs,fuse,pstore,resctrl,selinux,xfs}/** wkl,
        deny /sys/firmware/** rwkl,
        deny /sys/devices/virtual/powercap/** rwkl,
        deny /sys/kernel/{debug,security,tracing}/** rwkl,
      }
      """;

  private DefaultAppArmorProfile() {}
}
