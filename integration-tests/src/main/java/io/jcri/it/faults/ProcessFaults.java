package io.jcri.it.faults;

import io.jcri.it.faults.Gates.Misdeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What happens to the processes beside the daemon: shims, pause processes, the OCI runtime. */
final class ProcessFaults {
  private static final List<String> GATES =
      List.of("runc-run", "runc-run", "runc-delete", "runc-kill");
  private static final Misdeed[] MISDEEDS = {
    Misdeed.DIE_BEFORE,
    Misdeed.DIE_MIDWAY,
    Misdeed.DIE_MIDWAY,
    Misdeed.DIE_AFTER,
    Misdeed.FAIL_BEFORE,
    Misdeed.FAIL_AFTER
  };

  private ProcessFaults() {}

  static Fault shimKilled(Random random) {
    return round -> {
      Optional<Long> shim = shim(round);
      if (shim.isPresent()) {
        kill(shim.get());
      }
    };
  }

  static Fault shimKilledWithDaemon(Random random) {
    boolean shimFirst = random.nextBoolean();
    return round -> {
      Optional<Long> shim = shim(round);
      round.tell(round.told() + (shimFirst ? ", shim first" : ", daemon first"));
      if (!shimFirst) {
        round.node().daemon().kill();
      }
      if (shim.isPresent()) {
        kill(shim.get());
      }
      if (shim.isEmpty() && shimFirst) {
        return;
      }
      round.node().daemon().kill();
      round.node().daemon().start();
    };
  }

  static Fault shimFrozen(Random random) {
    boolean killed = random.nextBoolean();
    return round -> {
      Optional<Long> shim = shim(round);
      if (shim.isEmpty()) {
        return;
      }
      DaemonFaults.signal("STOP", shim.get());
      round.sleepUpTo(killed ? 1500 : 4000);
      round.tell(round.told() + (killed ? ", then killed" : ", then let go"));
      DaemonFaults.signal(killed ? "KILL" : "CONT", shim.get());
    };
  }

  /** Containers go on without it. */
  static Fault pauseKilled(Random random) {
    return round -> {
      Optional<String> sandbox = round.readySandbox();
      if (sandbox.isEmpty()) {
        round.miss("no sandbox");
        return;
      }
      round.sleepUpTo(300);
      Optional<Long> pid = round.ofSandbox(sandbox.get(), "pid");
      round.tell("sandbox %s, pid %s".formatted(sandbox.get(), pid));
      if (pid.isEmpty() || pid.get() <= 1) {
        round.miss("which has gone");
        return;
      }
      kill(pid.get());
    };
  }

  static Fault pullWorkerKilled(Random random) {
    return round -> {
      Optional<ProcessHandle> worker = Optional.empty();
      long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      round.sleepUpTo(300);
      while (worker.isEmpty() && round.isAtWork() && System.nanoTime() - deadline < 0) {
        worker = round.node().daemon().process().children().filter(ProcessFaults::pulls).findAny();
        Thread.sleep(Duration.ofMillis(1));
      }
      round.sleepUpTo(200);
      worker.ifPresent(ProcessHandle::destroyForcibly);
      if (worker.isEmpty()) {
        round.miss("there was none");
      }
    };
  }

  private static boolean pulls(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("pull-worker");
  }

  static Fault containerKilled(Random random) {
    return round -> {
      round.sleepUpTo(500);
      Optional<String> container = round.runningContainer();
      if (container.isEmpty()) {
        round.miss("no container");
        return;
      }
      Optional<Long> pid = round.ofContainer(container.get(), "pid");
      round.tell("container %s, pid %s".formatted(container.get(), pid));
      if (pid.isEmpty() || pid.get() <= 1) {
        round.miss("which has gone");
        return;
      }
      round.excuses().kill(container.get());
      kill(pid.get());
    };
  }

  static Fault runtimeMisbehaves(Random random) {
    String gate = GATES.get(random.nextInt(GATES.size()));
    Misdeed misdeed = MISDEEDS[random.nextInt(MISDEEDS.length)];
    int millis = random.nextInt(40);
    return misbehaving(gate, misdeed, millis);
  }

  /** Stopped in the middle, for a while. */
  static Fault runtimeFrozen(Random random) {
    String gate = GATES.get(random.nextInt(GATES.size()));
    return frozen(gate, random.nextInt(40), 300 + random.nextInt(2000));
  }

  static Fault frozen(String gate, int millis, int frozenMillis) {
    return new AtGate(gate) {
      @Override
      public void prepare(Round round) throws IOException {
        round.node().gates().order(gate, Misdeed.FREEZE, millis, frozenMillis);
        round.tell("%s at %d ms for %d ms".formatted(gate, millis, frozenMillis));
      }
    };
  }

  /** Another version drives, and ends, what this one has started. */
  static Fault runtimeReplaced(Random random) {
    return round -> {
      Path machines = Path.of(FaultNode.MACHINES_RUNC);
      if (!Files.exists(machines) || machines.equals(FaultNode.runc())) {
        round.miss("there is one version only");
        return;
      }
      round.sleepUpTo(500);
      round.node().gates().use(machines);
      round.sleepUpTo(1500);
      round.node().gates().use(FaultNode.runc());
    };
  }

  /** A program that misbehaves once, when it next comes to the gate. */
  static Fault misbehaving(String gate, Misdeed misdeed, int millis) {
    return new AtGate(gate) {
      @Override
      public void prepare(Round round) throws IOException {
        round.node().gates().order(gate, misdeed, millis);
        String when = misdeed == Misdeed.DIE_MIDWAY ? " at " + millis + " ms" : "";
        round.tell("%s %s%s".formatted(gate, misdeed, when));
      }
    };
  }

  /** What is ordered before the clients begin, and is no fault when nobody comes to the gate. */
  private abstract static class AtGate implements Fault {
    private final String gate;

    AtGate(String gate) {
      this.gate = gate;
    }

    @Override
    public void strike(Round round) {}

    @Override
    public void settle(Round round) throws IOException {
      if (round.node().gates().withdraw(gate)) {
        round.miss("where nobody came");
      }
    }
  }

  /** The shim of a running container, which is excused from now on. */
  static Optional<Long> shim(Round round) throws InterruptedException {
    round.sleepUpTo(500);
    Optional<String> container = round.runningContainer();
    if (container.isEmpty()) {
      round.miss("no container");
      return Optional.empty();
    }
    Optional<Long> shim = round.ofContainer(container.get(), "shimPid");
    round.tell("container %s, shim %s".formatted(container.get(), shim));
    if (shim.isEmpty() || shim.get() <= 1) {
      round.miss("which has gone");
      return Optional.empty();
    }
    round.excuses().harm(container.get());
    return shim;
  }

  static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }
}
