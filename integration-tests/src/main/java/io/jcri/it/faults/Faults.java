package io.jcri.it.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * A kind of fault.
 *
 * @param name as the summary says it
 * @param weight how often it comes, beside the others
 * @param uses what it needs for itself: two kinds that use none in common can be broken at once
 * @param make makes one by a seed
 */
record Faults(String name, int weight, Set<Part> uses, Function<Random, Fault> make) {
  /** Something that only one fault at a time can break, mend and excuse. */
  enum Part {
    /** Its process is ended, started or frozen. */
    DAEMON,
    /** The order at the OCI runtime's gates. */
    RUNTIME,
    /** The orders at the plugins' gates, their files and configuration. */
    NETWORK,
    /** Space. */
    DISK,
    /** The logs of pods. */
    LOGS,
    /** The registry. */
    REGISTRY,
    /** Processes of pods and containers that are picked by what the daemon says of them. */
    PROCESSES
  }

  private static final Part[] EVERYTHING = Part.values();

  /** All of them. */
  static final List<Faults> ALL =
      List.of(
          of("daemon killed at a file", 8, DaemonFaults::killedAtMoment, Part.DAEMON),
          of(
              "daemon killed at a program",
              6,
              DaemonFaults::killedAtGate,
              Part.DAEMON,
              Part.RUNTIME,
              Part.NETWORK),
          of("daemon killed at some time", 4, DaemonFaults::killedSometime, Part.DAEMON),
          of("daemon stopped by its manager", 2, DaemonFaults::ended, Part.DAEMON),
          of("daemon frozen", 1, DaemonFaults::frozen, Part.DAEMON),
          of("daemon without file descriptors", 2, DaemonFaults::withoutDescriptors, Part.DAEMON),
          of("shim killed", 4, ProcessFaults::shimKilled, Part.PROCESSES),
          of("shim frozen", 2, ProcessFaults::shimFrozen, Part.PROCESSES),
          of(
              "shim killed with the daemon",
              2,
              ProcessFaults::shimKilledWithDaemon,
              Part.DAEMON,
              Part.PROCESSES),
          of("pause process killed", 3, ProcessFaults::pauseKilled, Part.PROCESSES),
          of("container killed from outside", 2, ProcessFaults::containerKilled, Part.PROCESSES),
          of("pull worker killed", 2, ProcessFaults::pullWorkerKilled, Part.DAEMON),
          of("runtime misbehaves", 6, ProcessFaults::runtimeMisbehaves, Part.RUNTIME),
          of("plugin misbehaves", 6, NetworkFaults::pluginMisbehaves, Part.NETWORK),
          of("plugin gone", 2, NetworkFaults::pluginGone, Part.NETWORK),
          of(
              "network configuration gone",
              2,
              NetworkFaults::configurationGone,
              Part.NETWORK,
              Part.DAEMON),
          of("disk full", 4, DiskFaults::full, Part.DISK, Part.DAEMON),
          of("mount taken away", 4, DiskFaults::mountGone, Part.PROCESSES),
          of("record damaged", 8, RecordFaults::damaged, EVERYTHING),
          of("daemon killed in its recovery", 5, RecoveryFaults::killed, Part.DAEMON),
          of("daemon's programs replaced", 3, UpgradeFaults::programsReplaced, Part.DAEMON),
          of("daemon without processes", 2, ResourceFaults::withoutProcesses, Part.DAEMON),
          of("daemon short of memory", 2, ResourceFaults::shortOfMemory, Part.DAEMON),
          of("shim's number used again", 2, ReusedPid::new, Part.DAEMON, Part.PROCESSES),
          of("runtime frozen", 3, ProcessFaults::runtimeFrozen, Part.RUNTIME),
          of("runtime replaced", 2, ProcessFaults::runtimeReplaced, Part.PROCESSES),
          of("plugin frozen", 3, NetworkFaults::pluginFrozen, Part.NETWORK),
          of("logs' disk full", 3, DiskFaults::logsFull, Part.LOGS),
          of("registry killed during a pull", 2, RegistryFaults::killed, Part.REGISTRY),
          of("registry stalled during a pull", 2, RegistryFaults::stalled, Part.REGISTRY),
          of("registry garbled during a pull", 2, RegistryFaults::garbage, Part.REGISTRY));

  private static Faults of(String name, int weight, Function<Random, Fault> make, Part... uses) {
    return new Faults(name, weight, EnumSet.copyOf(Arrays.asList(uses)), make);
  }

  /** One of these, by the seed. */
  static Faults pick(List<Faults> from, Random random) {
    int number = random.nextInt(from.stream().mapToInt(Faults::weight).sum());
    for (Faults each : from) {
      number -= each.weight();
      if (number < 0) {
        return each;
      }
    }
    throw new IllegalStateException("no fault");
  }

  /** One and up to {@code more} others that can be broken at the same time, by the seed. */
  static List<Faults> pickSome(List<Faults> from, Random random, int more) {
    List<Faults> picked = new ArrayList<>(List.of(pick(from, random)));
    for (int i = 0; i < more; i++) {
      List<Faults> others =
          from.stream()
              .filter(each ->
                  picked.stream().allMatch(one -> Collections.disjoint(one.uses, each.uses)))
              .toList();
      if (!others.isEmpty()) {
        picked.add(pick(others, random));
      }
    }
    return picked;
  }
}
