package io.jcri.daemon.metrics;

import java.util.List;
import java.util.stream.Stream;

/** One metric, as cAdvisor names and explains it. */
public enum Metric {
  LAST_SEEN(Type.GAUGE, "last_seen", "Last time a container was seen by the exporter"),
  START_TIME(
      Type.GAUGE, "start_time_seconds", "Start time of the container since unix epoch in seconds."),
  CREATION_TIME(
      Type.GAUGE, "creation_time_seconds", "Container creation time since unix epoch in seconds."),

  CPU_USER(Type.COUNTER, "cpu_user_seconds_total", "Cumulative user cpu time consumed in seconds."),
  CPU_SYSTEM(
      Type.COUNTER, "cpu_system_seconds_total", "Cumulative system cpu time consumed in seconds."),
  CPU_USAGE(
      Type.COUNTER, "cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", "cpu"),
  CFS_PERIODS(
      Type.COUNTER, "cpu_cfs_periods_total", "Number of elapsed enforcement period intervals."),
  CFS_THROTTLED_PERIODS(
      Type.COUNTER, "cpu_cfs_throttled_periods_total", "Number of throttled period intervals."),
  CFS_THROTTLED_TIME(
      Type.COUNTER,
      "cpu_cfs_throttled_seconds_total",
      "Total time duration the container has been throttled."),
  CFS_BURST_PERIODS(
      Type.COUNTER, "cpu_cfs_burst_periods_total", "Number of periods when burst occurs."),
  CFS_BURST_TIME(
      Type.COUNTER,
      "cpu_cfs_burst_seconds_total",
      "Total time duration the container has been bursted."),

  MEMORY_CACHE(Type.GAUGE, "memory_cache", "Number of bytes of page cache memory."),
  MEMORY_RSS(Type.GAUGE, "memory_rss", "Size of RSS in bytes."),
  MEMORY_KERNEL(Type.GAUGE, "memory_kernel_usage", "Size of kernel memory allocated in bytes."),
  MEMORY_MAPPED_FILE(Type.GAUGE, "memory_mapped_file", "Size of memory mapped files in bytes."),
  MEMORY_SWAP(Type.GAUGE, "memory_swap", "Container swap usage in bytes."),
  MEMORY_LIMIT_HITS(Type.COUNTER, "memory_failcnt", "Number of memory usage hits limits"),
  MEMORY_USAGE(
      Type.GAUGE,
      "memory_usage_bytes",
      "Current memory usage in bytes, including all memory regardless of when it was accessed"),
  MEMORY_PEAK(Type.GAUGE, "memory_max_usage_bytes", "Maximum memory usage recorded in bytes"),
  MEMORY_WORKING_SET(Type.GAUGE, "memory_working_set_bytes", "Current working set in bytes."),
  MEMORY_ACTIVE_FILE(
      Type.GAUGE, "memory_total_active_file_bytes", "Current total active file in bytes."),
  MEMORY_INACTIVE_FILE(
      Type.GAUGE, "memory_total_inactive_file_bytes", "Current total inactive file in bytes."),
  MEMORY_FAILURES(
      Type.COUNTER,
      "memory_failures_total",
      "Cumulative count of memory allocation failures.",
      "failure_type",
      "scope"),
  MEMORY_HIGH_EVENTS(
      Type.COUNTER,
      "memory_events_high_total",
      "Cumulative count of memory.high throttle events for the container"),
  MEMORY_MAX_EVENTS(
      Type.COUNTER,
      "memory_events_max_total",
      "Cumulative count of memory.max limit hit events for the container"),
  MEMORY_DIRTY(
      Type.GAUGE,
      "memory_file_dirty_bytes",
      "Number of bytes of file cache that has been modified but not yet written back to disk."),
  MEMORY_WRITEBACK(
      Type.GAUGE,
      "memory_file_writeback_bytes",
      "Number of bytes of file cache that is currently being written back to disk."),
  MEMORY_SCANNED(
      Type.COUNTER,
      "memory_pgscan_total",
      "Cumulative number of pages scanned by the page reclaim algorithm."),
  MEMORY_STOLEN(
      Type.COUNTER,
      "memory_pgsteal_total",
      "Cumulative number of pages reclaimed by the page reclaim algorithm."),
  MEMORY_REFAULT_FILE(
      Type.COUNTER,
      "memory_workingset_refault_file_total",
      "Cumulative number of refaults of previously evicted file pages."),
  MEMORY_REFAULT_ANON(
      Type.COUNTER,
      "memory_workingset_refault_anon_total",
      "Cumulative number of refaults of previously evicted anonymous pages."),
  OOM_EVENTS(
      Type.COUNTER, "oom_events_total", "Count of out of memory events observed for the container"),

  HUGETLB_USAGE(Type.GAUGE, "hugetlb_usage_bytes", "Current hugepage usage in bytes", "pagesize"),
  HUGETLB_PEAK(
      Type.GAUGE,
      "hugetlb_max_usage_bytes",
      "Maximum hugepage usage recorded in bytes",
      "pagesize"),
  HUGETLB_LIMIT_HITS(
      Type.COUNTER, "hugetlb_failcnt", "Number of hugepage usage hits limits", "pagesize"),

  NETWORK_RECEIVED_BYTES(
      Type.COUNTER,
      "network_receive_bytes_total",
      "Cumulative count of bytes received",
      "interface"),
  NETWORK_RECEIVED_PACKETS(
      Type.COUNTER,
      "network_receive_packets_total",
      "Cumulative count of packets received",
      "interface"),
  NETWORK_RECEIVE_DROPPED(
      Type.COUNTER,
      "network_receive_packets_dropped_total",
      "Cumulative count of packets dropped while receiving",
      "interface"),
  NETWORK_RECEIVE_ERRORS(
      Type.COUNTER,
      "network_receive_errors_total",
      "Cumulative count of errors encountered while receiving",
      "interface"),
  NETWORK_SENT_BYTES(
      Type.COUNTER,
      "network_transmit_bytes_total",
      "Cumulative count of bytes transmitted",
      "interface"),
  NETWORK_SENT_PACKETS(
      Type.COUNTER,
      "network_transmit_packets_total",
      "Cumulative count of packets transmitted",
      "interface"),
  NETWORK_SEND_DROPPED(
      Type.COUNTER,
      "network_transmit_packets_dropped_total",
      "Cumulative count of packets dropped while transmitting",
      "interface"),
  NETWORK_SEND_ERRORS(
      Type.COUNTER,
      "network_transmit_errors_total",
      "Cumulative count of errors encountered while transmitting",
      "interface"),

  FS_INODES_FREE(Type.GAUGE, "fs_inodes_free", "Number of available Inodes", "device"),
  FS_INODES(Type.GAUGE, "fs_inodes_total", "Number of Inodes", "device"),
  FS_LIMIT(
      Type.GAUGE,
      "fs_limit_bytes",
      "Number of bytes that can be consumed by the container on this filesystem.",
      "device"),
  FS_USAGE(
      Type.GAUGE,
      "fs_usage_bytes",
      "Number of bytes that are consumed by the container on this filesystem.",
      "device"),
  FS_READ_BYTES(Type.COUNTER, "fs_reads_bytes_total", "Cumulative count of bytes read", "device"),
  FS_READS(Type.COUNTER, "fs_reads_total", "Cumulative count of reads completed", "device"),
  FS_WRITTEN_BYTES(
      Type.COUNTER, "fs_writes_bytes_total", "Cumulative count of bytes written", "device"),
  FS_WRITES(Type.COUNTER, "fs_writes_total", "Cumulative count of writes completed", "device"),
  BLKIO_USAGE(
      Type.COUNTER,
      "blkio_device_usage_total",
      "Blkio Device bytes usage",
      "device",
      "major",
      "minor",
      "operation"),

  PROCESSES(Type.GAUGE, "processes", "Number of processes running inside the container."),
  FILE_DESCRIPTORS(
      Type.GAUGE, "file_descriptors", "Number of open file descriptors for the container."),
  SOCKETS(Type.GAUGE, "sockets", "Number of open sockets for the container."),
  THREADS(Type.GAUGE, "threads", "Number of threads running inside the container"),
  THREADS_MAX(
      Type.GAUGE,
      "threads_max",
      "Maximum number of threads allowed inside the container, infinity if value is zero"),
  ULIMITS_SOFT(
      Type.GAUGE,
      "ulimits_soft",
      "Soft ulimit values for the container root process. Unlimited if -1, except priority and"
          + " nice",
      "ulimit"),

  SPEC_CPU_PERIOD(Type.GAUGE, "spec_cpu_period", "CPU period of the container."),
  SPEC_CPU_QUOTA(Type.GAUGE, "spec_cpu_quota", "CPU quota of the container."),
  SPEC_CPU_SHARES(Type.GAUGE, "spec_cpu_shares", "CPU share of the container."),
  SPEC_MEMORY_LIMIT(Type.GAUGE, "spec_memory_limit_bytes", "Memory limit for the container."),
  SPEC_MEMORY_RESERVATION(
      Type.GAUGE,
      "spec_memory_reservation_limit_bytes",
      "Memory reservation limit for the container."),
  SPEC_MEMORY_SWAP_LIMIT(
      Type.GAUGE, "spec_memory_swap_limit_bytes", "Memory swap limit for the container."),

  PRESSURE_CPU_STALLED(
      Type.COUNTER,
      "pressure_cpu_stalled_seconds_total",
      "Total time duration no tasks in the container could make progress due to CPU congestion."),
  PRESSURE_CPU_WAITING(
      Type.COUNTER,
      "pressure_cpu_waiting_seconds_total",
      "Total time duration tasks in the container have waited due to CPU congestion."),
  PRESSURE_MEMORY_STALLED(
      Type.COUNTER,
      "pressure_memory_stalled_seconds_total",
      "Total time duration no tasks in the container could make progress due to memory"
          + " congestion."),
  PRESSURE_MEMORY_WAITING(
      Type.COUNTER,
      "pressure_memory_waiting_seconds_total",
      "Total time duration tasks in the container have waited due to memory congestion."),
  PRESSURE_IO_STALLED(
      Type.COUNTER,
      "pressure_io_stalled_seconds_total",
      "Total time duration no tasks in the container could make progress due to IO congestion."),
  PRESSURE_IO_WAITING(
      Type.COUNTER,
      "pressure_io_waiting_seconds_total",
      "Total time duration tasks in the container have waited due to IO congestion.");

  /** Whether values only grow. */
  public enum Type {
    COUNTER,
    GAUGE
  }

  private final Type type;
  private final String label;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of strings
  private final List<String> labels;

  Metric(Type type, String label, String help, String... ownLabels) {
    this.type = type;
    this.label = "container_" + label;
    this.help = help;
    this.labels =
        Stream.concat(
                Stream.of("container", "id", "image", "name", "namespace", "pod"),
                Stream.of(ownLabels))
            .toList();
  }

  public Type type() {
    return type;
  }

  /** Such as {@code container_threads}. */
  public String label() {
    return label;
  }

  public String help() {
    return help;
  }

  /** The keys of its labels, in the order of a sample's values. */
  public List<String> labels() {
    return labels;
  }
}
