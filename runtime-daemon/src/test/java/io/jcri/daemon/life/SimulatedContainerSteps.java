package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What the daemon's executors do of a container's steps, on a disk, a kernel and a shim that are a
 * few variables.
 */
abstract class SimulatedContainerSteps {
  /** A record on the disk; the exit is there once it is known. */
  record Saved(int id, int boot, ContainerPhase phase, Optional<Integer> exit) {}

  static final int NOBODY_KNOWS = -1;
  static final int KILLED = 137;
  static final int NOT_STARTED = 128;

  final Random random;
  final SeededThreads threads;
  boolean calm;

  // survive the daemon
  Optional<Saved> disk = Optional.empty();
  final SimulatedMachine machine = new SimulatedMachine();

  // the daemon's memory
  Optional<ContainerPhase> phase = Optional.empty();
  int id;
  int lastId;
  boolean named;
  boolean watched;
  boolean locked;
  boolean serving = true;
  int madeIn;

  SimulatedContainerSteps(Random random) {
    this.random = random;
    this.threads = new SeededThreads(random);
  }

  abstract void signal(int mine) throws IOException;

  abstract void askShim(int mine);

  abstract void lookForShim();

  abstract void underLock(int mine, ContainerEvent event, boolean onlyWatched);

  void take(ContainerEvent event, int exit) throws IOException {
    Transition<ContainerPhase, ContainerAction> step = ContainerLife.on(phase, event);
    int[] code = {exit};
    int mine = id;
    Map<ContainerAction, Transition.Work> works = new EnumMap<>(ContainerAction.class);
    works.put(ContainerAction.RECORD, () -> record(event, step, code[0]));
    works.put(ContainerAction.SHOW, () -> phase = step.to());
    works.put(ContainerAction.MOUNT_ROOT, () -> machine.root = mayFail());
    works.put(ContainerAction.WRITE_CONFIG, () -> machine.files = mayFail());
    works.put(
        ContainerAction.LAUNCH_SHIM,
        () -> {
          mayFail();
          if (event == ContainerEvent.SHIM_REPLACED && !machine.process) {
            throw new IOException("there is nothing to take over");
          }
          machine.launchShim();
        });
    works.put(
        ContainerAction.RUN,
        () -> {
          mayFail();
          machine.run();
          threads.pause();
          mayFail(); // it runs, but the OCI runtime has not said so in time
        });
    works.put(ContainerAction.WATCH_SHIM, () -> watched = true);
    works.put(
        ContainerAction.ASK_SHIM, () -> threads.begin("recovery of " + mine, () -> askShim(mine)));
    works.put(ContainerAction.SIGNAL, () -> signal(mine));
    works.put(
        ContainerAction.TAKE_EXIT,
        () -> code[0] = machine.exitRecord == null ? NOBODY_KNOWS : machine.exitRecord);
    works.put(
        ContainerAction.KILL,
        () -> {
          machine.process = false;
          watched = false;
          code[0] = machine.exitRecord == null ? KILLED : machine.exitRecord;
        });
    works.put(ContainerAction.LET_GO, this::endShim);
    works.put(ContainerAction.FORCE_DELETE, this::endShim);
    works.put(ContainerAction.FORGET_CHECKPOINT, () -> {});
    works.put(
        ContainerAction.ROLL_BACK,
        () -> threads.begin("roll back", () -> underLock(mine, ContainerEvent.REMOVE, false)));
    works.put(ContainerAction.LOOK_FOR_SHIM, () -> threads.begin("leftovers", this::lookForShim));
    works.put(
        ContainerAction.DELETE_FILES,
        () -> {
          assertThat(machine.shim || machine.socket || machine.process)
              .as("runs while its files are deleted")
              .isFalse();
          mayFail();
          machine.files = false;
          machine.exitRecord = null;
        });
    works.put(ContainerAction.RELEASE_ROOT, () -> machine.root = !mayFail());
    works.put(
        ContainerAction.DELETE_RECORD,
        () -> {
          assertThat(machine.root || machine.files)
              .as("leaves something without a record")
              .isFalse();
          disk = Optional.empty();
          phase = step.to();
        });
    works.put(ContainerAction.RELEASE_NAME, () -> named = false);
    works.replaceAll((_, work) ->
        () -> {
          threads.pause();
          work.run();
        });
    step.perform(works);
    threads.pause();
  }

  void record(ContainerEvent event, Transition<ContainerPhase, ContainerAction> step, int code)
      throws IOException {
    if (event == ContainerEvent.CREATE || event == ContainerEvent.STARTED) {
      mayFail(); // a full disk
    }
    ContainerPhase to = step.to().orElseThrow();
    Optional<Integer> exit =
        to == ContainerPhase.EXITED ? Optional.of(code) : Optional.<Integer>empty();
    disk.filter(before -> before.id() == id)
        .flatMap(Saved::exit)
        .ifPresent(before -> assertThat(exit).as("a recorded exit is lost").contains(before));
    Saved temporary = new Saved(id, madeIn, to, exit);
    threads.pause(); // written, not renamed
    disk = Optional.of(temporary);
    phase = step.to();
  }

  void endShim() {
    machine.endShim(KILLED);
  }

  /** Returns true, if at all. */
  boolean mayFail() throws IOException {
    if (!calm && random.nextInt(12) == 0) {
      throw new IOException("failed");
    }
    return true;
  }

  void lock() {
    threads.pause();
    while (locked) {
      threads.pause();
    }
    locked = true;
  }
}
