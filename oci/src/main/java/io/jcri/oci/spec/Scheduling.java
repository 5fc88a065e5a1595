package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.util.List;
import java.util.Optional;

/**
 * How the kernel schedules a process and its I/O; empty components leave the daemon's.
 *
 * @param cpu see sched_setattr(2)
 * @param io see ioprio_set(2)
 */
public record Scheduling(
    @Placed("scheduler") Optional<Cpu> cpu, @Placed("ioPriority") Optional<Io> io) {

  public static final Scheduling NONE = new Scheduling(Optional.empty(), Optional.empty());

  /**
   * A policy and its parameters; 0 leaves a parameter out.
   *
   * @param policy such as {@code SCHED_BATCH}
   * @param flags such as {@code SCHED_FLAG_RESET_ON_FORK}
   * @param runtime with deadline and period: nanoseconds, for SCHED_DEADLINE
   */
  public record Cpu(
      String policy,
      @Placed(sparse = true) int nice,
      @Placed(sparse = true) int priority,
      List<String> flags,
      @Placed(sparse = true, unsigned = true) long runtime,
      @Placed(sparse = true, unsigned = true) long deadline,
      @Placed(sparse = true, unsigned = true) long period) {
    public Cpu {
      flags = List.copyOf(flags);
    }
  }

  /**
   * An I/O priority.
   *
   * @param type such as {@code IOPRIO_CLASS_BE}
   * @param priority 0 to 7, 0 first
   */
  public record Io(@Placed("class") String type, int priority) {}
}
