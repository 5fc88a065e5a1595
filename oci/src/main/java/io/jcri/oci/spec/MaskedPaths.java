package io.jcri.oci.spec;

import java.util.List;

/**
 * The parts of /proc and /sys that a container has no business with. CRI sends its own lists, which
 * are taken as they are (an empty one is "unmasked"); these are for callers that send none.
 */
public final class MaskedPaths {

  /** Hidden: they tell or change things of the whole machine. */
  public static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  /** May be read only. */
  public static final List<String> READONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private MaskedPaths() {}
}
