package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import java.util.Random;

/**
 * A node with one pod: what clients ask for, what the daemon does by itself, and what happens to
 * both. What a daemon has not yet renamed to its record is lost when it dies.
 */
final class SimulatedPod extends SimulatedPodSteps {
  SimulatedPod(Random random) {
    super(random);
  }

  SeededThreads threads() {
    return threads;
  }

  // what clients ask for

  /** A client's next call, unless its last one is still at work. */
  void call(String client) {
    if (serving && !threads.lives(client)) {
      threads.begin(
          client,
          switch (random.nextInt(4)) {
            case 0, 1 -> this::runPod;
            case 2 -> this::stop;
            default -> this::remove;
          });
    }
  }

  void runPod() {
    lock();
    try {
      if (phase().equals(Optional.of(PodPhase.CREATING))) {
        undo();
      }
      if (phase().isEmpty()) {
        id = ++lastId;
        named = true;
        take(PodEvent.RUN);
        take(PodEvent.MADE);
        mayFail(); // a plugin
      }
    } catch (IOException e) {
      undo();
    } finally {
      locked = false;
    }
  }

  private void undo() {
    see(PodEvent.STOPPING); // it may be ready already
    try {
      take(PodEvent.MAKING_FAILED);
    } catch (IOException e) {
      see(PodEvent.UNDO_FAILED);
    }
  }

  void stop() {
    boolean _ = stop(id);
  }

  /** Says whether it is done. */
  private boolean stop(int mine) {
    threads.pause();
    if (mine == id) {
      see(PodEvent.STOPPING); // without the pod's lock
    }
    return underLock(mine, PodEvent.STOP);
  }

  void remove() {
    int mine = id;
    if (stop(mine)) {
      boolean _ = underLock(mine, PodEvent.REMOVE);
    }
  }

  private boolean underLock(int mine, PodEvent event) {
    lock();
    try {
      if (mine == id) {
        take(event);
      }
      return true;
    } catch (IOException e) {
      return false; // the client is told, and asks again
    } finally {
      locked = false;
    }
  }

  // what the daemon does by itself

  @Override
  void rollBack(int mine) {
    lock();
    if (mine == id) {
      undo();
    }
    locked = false;
  }

  private void recover() {
    memory = disk;
    if (memory.isPresent()) {
      Saved found = memory.get();
      id = found.id();
      named = true;
      boolean there = found.phase() != PodPhase.READY || (found.boot() == boot && pause);
      try {
        take(there ? PodEvent.FOUND : PodEvent.FOUND_DEAD);
      } catch (IOException e) {
        throw new IllegalStateException("what is found is taken up", e);
      }
    }
    serving = true;
  }

  // what happens to a node

  /** One more turn of any thread; false when none has anything to do. */
  boolean goOn() {
    if (watched && !pause && phase().equals(Optional.of(PodPhase.READY))) {
      watched = false;
      int mine = id;
      threads.begin(
          "sandbox ended",
          () -> {
            if (mine == id) {
              see(PodEvent.SANDBOX_ENDED); // without the pod's lock
            }
          });
    }
    boolean some = !threads.none();
    threads.step();
    if (threads.died()) {
      daemonDies(false);
    }
    return some;
  }

  void pauseEnds() {
    pause = false;
  }

  /** The daemon dies where it is, alone or with the machine, and another one begins. */
  void daemonDies(boolean machineToo) {
    threads.killAll();
    if (machineToo) {
      boot++;
      sandbox = false;
      pause = false;
      files = false;
      container = false;
    }
    assertThat(disk.isPresent() || !(sandbox || address || files || container))
        .as("no record tells of %s", this)
        .isTrue();
    assertThat(!address || disk.filter(Saved::networkDue).isPresent())
        .as("no record tells of the address: %s", this)
        .isTrue();
    memory = Optional.empty();
    named = false;
    watched = false;
    locked = false;
    serving = false;
    threads.begin("recovery", this::recover);
  }

  /** Nothing fails any more. */
  void calmDown() {
    calm = true;
  }

  void checkAtRest() {
    assertThat(memory).as("the record and the memory").isEqualTo(disk);
    assertThat(named).as("the name is taken: %s", this).isEqualTo(memory.isPresent());
    assertThat(phase()).isNotEqualTo(Optional.of(PodPhase.CREATING));
    if (phase().equals(Optional.of(PodPhase.READY))) {
      assertThat(sandbox && pause && address && files && container && watched)
          .as("whole: %s", this)
          .isTrue();
    }
  }

  void checkGone() {
    assertThat(memory).isEmpty();
    assertThat(disk).isEmpty();
    assertThat(sandbox || pause || address || files || container || named)
        .as("something is left: %s", this)
        .isFalse();
  }

  @Override
  public String toString() {
    return "%s %s sandbox %s pause %s address %s files %s container %s named %s watched %s"
        .formatted(memory, disk, sandbox, pause, address, files, container, named, watched);
  }
}
