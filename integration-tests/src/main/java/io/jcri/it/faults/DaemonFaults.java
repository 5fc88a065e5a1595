package io.jcri.it.faults;

import io.jcri.it.faults.Gates.Misdeed;
import io.jcri.it.kit.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What happens to the daemon itself. */
final class DaemonFaults {
  private static final Duration MOMENT = Duration.ofSeconds(4);
  static final List<String> GATES =
      List.of(
          "runc-run",
          "runc-delete",
          "bridge-ADD",
          "bridge-DEL",
          "host-local-ADD",
          "host-local-DEL");

  private DaemonFaults() {}

  static Fault killedAtMoment(Random random) {
    Moment[] moments = Moment.values();
    Moment moment = moments[random.nextInt(moments.length)];
    boolean comes = random.nextBoolean();
    int times = 1 + random.nextInt(3);
    return round -> {
      round.tell("%s %s, time %d".formatted(moment, comes ? "comes" : "goes", times));
      for (int i = 0; i < times; i++) {
        if (!moment.await(round, comes, MOMENT)) {
          round.miss("which did not come");
          return;
        }
      }
      killAndStart(round);
    };
  }

  static Fault killedAtGate(Random random) {
    String gate = GATES.get(random.nextInt(GATES.size()));
    Misdeed misdeed = random.nextBoolean() ? Misdeed.HOLD_BEFORE : Misdeed.HOLD_AFTER;
    boolean releasedBeforeStart = random.nextBoolean();
    return new Fault() {
      @Override
      public void prepare(Round round) throws IOException {
        round.node().gates().order(gate, misdeed, 0);
      }

      @Override
      public void strike(Round round) throws IOException, InterruptedException {
        round.tell("%s %s%s".formatted(gate, misdeed, releasedBeforeStart ? "" : ", held on"));
        if (!round.node().gates().awaitHeld(gate, round)) {
          round.miss("where nobody came");
          round.node().gates().open();
          return;
        }
        round.node().daemon().kill();
        if (releasedBeforeStart) {
          round.node().gates().open();
        }
        round.node().daemon().start();
        round.node().gates().open();
      }
    };
  }

  static Fault killedSometime(Random random) {
    return round -> {
      round.sleepUpTo(1500);
      killAndStart(round);
    };
  }

  static Fault ended(Random random) {
    return round -> {
      round.sleepUpTo(1500);
      round.node().daemon().stop();
      round.node().daemon().start();
    };
  }

  static Fault frozen(Random random) {
    return round -> {
      round.sleepUpTo(800);
      long pid = round.node().daemon().process().pid();
      signal("STOP", pid);
      round.sleepUpTo(2000);
      signal("CONT", pid);
    };
  }

  static Fault withoutDescriptors(Random random) {
    return round -> {
      round.sleepUpTo(300);
      long pid = round.node().daemon().process().pid();
      long open = FaultNode.list(java.nio.file.Path.of("/proc/" + pid + "/fd")).size();
      long spare = round.random().nextInt(12);
      round.tell("%d more than the %d that are open".formatted(spare, open));
      String before = limit(pid);
      limit(pid, Long.toString(open + spare));
      round.sleepUpTo(1500);
      limit(pid, before);
    };
  }

  static void killAndStart(Round round) throws IOException {
    round.node().daemon().kill();
    round.node().daemon().start();
  }

  static void signal(String signal, long pid) throws IOException {
    Command.of("kill", "-" + signal, Long.toString(pid)).run();
  }

  private static String limit(long pid) throws IOException {
    return Command.of("prlimit", "--pid", "" + pid, "--nofile", "--noheadings", "--output", "SOFT")
        .run()
        .orThrow()
        .out()
        .strip();
  }

  /** The soft limit: the hard one cannot be raised again. */
  private static void limit(long pid, String descriptors) throws IOException {
    Command.of("prlimit", "--pid", "" + pid, "--nofile=" + descriptors + ":").run().orThrow();
  }
}
