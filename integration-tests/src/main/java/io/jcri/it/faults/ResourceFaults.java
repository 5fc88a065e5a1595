package io.jcri.it.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** What the daemon does not get of the machine for a while: processes, memory. */
final class ResourceFaults {
  private ResourceFaults() {}

  /** Neither a thread nor a program can be started. */
  static Fault withoutProcesses(Random random) {
    return new Fault() {
      private Optional<DaemonCgroup> group = Optional.empty();

      @Override
      public void strike(Round round) throws IOException, InterruptedException {
        round.sleepUpTo(300);
        int spare = round.random().nextInt(8);
        group = DaemonCgroup.around("pids", round.node().daemon().process().pid());
        if (group.isEmpty()) {
          round.miss("there is no such cgroup");
          return;
        }
        long now = group.get().number("pids.current");
        group.get().set("pids.max", Long.toString(now + spare));
        round.tell("%d more than the %d that there are".formatted(spare, now));
        round.sleepUpTo(1500);
        group.get().set("pids.max", "max");
      }

      @Override
      public void settle(Round round) throws IOException {
        if (group.isPresent()) {
          group.get().close();
        }
      }
    };
  }

  /**
   * It waits for memory, and the kernel does not kill it for that. Its virtual machine may end by
   * itself: then the next one is started at once, as its manager does.
   */
  static Fault shortOfMemory(Random random) {
    return new Fault() {
      private Optional<DaemonCgroup> group = Optional.empty();

      @Override
      public void strike(Round round) throws IOException, InterruptedException {
        round.sleepUpTo(300);
        int mebibytes = 1 + round.random().nextInt(12);
        group = DaemonCgroup.around("memory", round.node().daemon().process().pid());
        if (group.isEmpty()) {
          round.miss("there is no such cgroup");
          return;
        }
        round.tell("%d MiB more".formatted(mebibytes));
        group.get().holdBackAt((long) mebibytes << 20);
        round.sleepUpTo(2000);
        group.get().letGo();
        while (round.isAtWork()) {
          if (!round.node().daemon().process().isAlive()) {
            round.tell(round.told() + ", of which it ended");
            round.node().daemon().start();
          }
          Thread.sleep(Duration.ofMillis(20));
        }
      }

      @Override
      public void settle(Round round) throws IOException {
        if (group.isPresent()) {
          group.get().close();
        }
      }
    };
  }
}
