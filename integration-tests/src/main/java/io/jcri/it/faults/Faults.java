package io.jcri.it.faults;

import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A kind of fault.
 *
 * @param name as the summary says it
 * @param weight how often it comes, beside the others
 * @param make makes one by a seed
 */
record Faults(String name, int weight, Function<Random, Fault> make) {
  /** All of them. */
  static final List<Faults> ALL =
      List.of(
          new Faults("daemon killed at a file", 8, DaemonFaults::killedAtMoment),
          new Faults("daemon killed at a program", 6, DaemonFaults::killedAtGate),
          new Faults("daemon killed at some time", 4, DaemonFaults::killedSometime),
          new Faults("daemon stopped by its manager", 2, DaemonFaults::ended),
          new Faults("daemon frozen", 1, DaemonFaults::frozen),
          new Faults("daemon without file descriptors", 2, DaemonFaults::withoutDescriptors),
          new Faults("shim killed", 4, ProcessFaults::shimKilled),
          new Faults("shim frozen", 2, ProcessFaults::shimFrozen),
          new Faults("shim killed with the daemon", 2, ProcessFaults::shimKilledWithDaemon),
          new Faults("pause process killed", 3, ProcessFaults::pauseKilled),
          new Faults("container killed from outside", 2, ProcessFaults::containerKilled),
          new Faults("pull worker killed", 2, ProcessFaults::pullWorkerKilled),
          new Faults("runtime misbehaves", 6, ProcessFaults::runtimeMisbehaves),
          new Faults("plugin misbehaves", 6, NetworkFaults::pluginMisbehaves),
          new Faults("plugin gone", 2, NetworkFaults::pluginGone),
          new Faults("network configuration gone", 2, NetworkFaults::configurationGone),
          new Faults("disk full", 4, DiskFaults::full),
          new Faults("mount taken away", 2, DiskFaults::mountGone),
          new Faults("record damaged", 4, RecordFaults::damaged));

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
}
