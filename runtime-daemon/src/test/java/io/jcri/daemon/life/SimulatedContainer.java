package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import java.util.Random;

/**
 * A node with one container: what clients ask for, what the daemon does by itself, and what happens
 * to both. What a daemon has not yet renamed to its record is lost when it dies.
 */
final class SimulatedContainer extends SimulatedContainerSteps {
  SimulatedContainer(Random random) {
    super(random);
  }

  SeededThreads threads() {
    return threads;
  }

  Optional<ContainerPhase> phase() {
    return phase;
  }

  // what clients ask for

  /** A client's next call, unless its last one is still at work. */
  void call(String client) {
    if (serving && !threads.lives(client)) {
      threads.begin(
          client,
          switch (random.nextInt(5)) {
            case 0, 1 -> this::create;
            case 2 -> this::start;
            case 3 -> this::stop;
            default -> this::remove;
          });
    }
  }

  void create() {
    lock();
    try {
      if (phase.equals(Optional.of(ContainerPhase.CREATING))) {
        take(ContainerEvent.REMOVE, NOBODY_KNOWS);
      }
      if (phase.isEmpty()) {
        id = ++lastId;
        madeIn = machine.boot;
        named = true;
        make();
      }
    } catch (IOException e) {
      // the client is told
    } finally {
      locked = false;
    }
  }

  private void make() throws IOException {
    try {
      take(ContainerEvent.CREATE, NOBODY_KNOWS);
      take(ContainerEvent.MADE, NOBODY_KNOWS);
      mayFail(); // the pod was stopped meanwhile
    } catch (IOException e) {
      take(ContainerEvent.MAKING_FAILED, NOBODY_KNOWS);
    }
  }

  void start() {
    int mine = id;
    lock();
    try {
      if (mine == id) {
        endLeftShim();
        if (phase.filter(now -> ContainerLife.can(now, ContainerEvent.START)).isPresent()) {
          startCreated();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("ends don't fail", e);
    } finally {
      locked = false;
    }
  }

  private void startCreated() throws IOException {
    try {
      take(ContainerEvent.START, NOBODY_KNOWS);
      take(ContainerEvent.STARTED, NOBODY_KNOWS);
    } catch (IOException e) {
      watched = false;
      take(ContainerEvent.START_FAILED, NOT_STARTED);
    }
  }

  void stop() {
    int mine = id;
    lock();
    try {
      if (mine == id && !watched) {
        endLeftovers();
      }
    } catch (IOException e) {
      throw new IllegalStateException("ends don't fail", e);
    } finally {
      locked = false;
    }
    threads.pause();
    if (mine == id && watched) {
      try {
        take(ContainerEvent.STOP, NOBODY_KNOWS);
      } catch (IOException e) {
        throw new IllegalStateException("a signal doesn't fail", e);
      }
    }
  }

  void remove() {
    int mine = id;
    stop();
    lock();
    try {
      if (mine == id
          && phase.filter(now -> ContainerLife.can(now, ContainerEvent.REMOVE)).isPresent()) {
        take(ContainerEvent.REMOVE, NOBODY_KNOWS);
      }
    } catch (IOException e) {
      // the client is told, and asks again
    } finally {
      locked = false;
    }
  }

  // what the daemon does by itself

  private void endLeftovers() throws IOException {
    endLeftShim();
    if (phase.equals(Optional.of(ContainerPhase.UNKNOWN))) {
      take(ContainerEvent.STOP, NOBODY_KNOWS);
    }
  }

  private void endLeftShim() throws IOException {
    boolean can = phase.filter(p -> ContainerLife.can(p, ContainerEvent.SHIM_FOUND)).isPresent();
    if (machine.socket && can) {
      take(ContainerEvent.SHIM_FOUND, NOBODY_KNOWS);
    }
  }

  @Override
  void underLock(int mine, ContainerEvent event, boolean onlyWatched) {
    lock();
    try {
      boolean can = phase.filter(now -> ContainerLife.can(now, event)).isPresent();
      if (mine == id && can && (watched || !onlyWatched)) {
        watched = false;
        take(event, machine.exitRecord == null ? NOBODY_KNOWS : machine.exitRecord);
      }
    } catch (IOException e) {
      assertThat(event).isEqualTo(ContainerEvent.REMOVE);
    } finally {
      locked = false;
    }
  }

  private void shimLost(int mine) {
    lock();
    try {
      if (mine == id && watched && !machine.shim) {
        if (machine.exitRecord == null && takenOver()) {
          return;
        }
        watched = false;
        take(
            ContainerEvent.SHIM_LOST,
            machine.exitRecord == null ? NOBODY_KNOWS : machine.exitRecord);
      }
    } catch (IOException e) {
      throw new IllegalStateException("ends don't fail", e);
    } finally {
      locked = false;
    }
  }

  private boolean takenOver() {
    try {
      take(ContainerEvent.SHIM_REPLACED, NOBODY_KNOWS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  void askShim(int mine) {
    while (machine.silent) {
      threads.pause();
    }
    if (machine.shim) {
      lock();
      try {
        if (mine == id && phase.equals(Optional.of(ContainerPhase.UNKNOWN)) && machine.shim) {
          take(ContainerEvent.SHIM_ANSWERED, NOBODY_KNOWS);
        }
      } catch (IOException e) {
        throw new IllegalStateException("nothing can fail", e);
      } finally {
        locked = false;
      }
    }
    threads.pause();
    lock();
    try {
      if (mine == id && phase.equals(Optional.of(ContainerPhase.UNKNOWN)) && !machine.shim) {
        if (machine.exitRecord != null) {
          take(ContainerEvent.EXIT, machine.exitRecord);
        } else if (!takenOver()) {
          take(ContainerEvent.SHIM_LOST, NOBODY_KNOWS);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("ends don't fail", e);
    } finally {
      locked = false;
    }
  }

  private void recover() {
    if (disk.isPresent()) {
      id = disk.get().id();
      madeIn = disk.get().boot();
      named = true;
      phase = Optional.of(disk.get().phase());
      try {
        take(
            madeIn == machine.boot ? ContainerEvent.FOUND : ContainerEvent.FOUND_AFTER_REBOOT,
            NOBODY_KNOWS);
      } catch (IOException e) {
        throw new IllegalStateException("what is found is taken up", e);
      }
    }
    serving = true;
  }

  @Override
  void signal(int mine) throws IOException {
    while (mine == id && watched) {
      if (machine.silent) {
        lock();
        try {
          if (mine == id && watched) {
            take(ContainerEvent.SHIM_SILENT, NOBODY_KNOWS);
          }
        } finally {
          locked = false;
        }
      } else {
        processEnds(KILLED);
        threads.pause();
      }
    }
  }

  @Override
  void lookForShim() {
    int mine = id;
    lock();
    try {
      if (mine == id && !watched) {
        endLeftovers();
      }
    } catch (IOException e) {
      throw new IllegalStateException("ends don't fail", e);
    } finally {
      locked = false;
    }
  }

  // what happens to a node

  /** One more turn of any thread; false when none has anything to do. */
  boolean goOn() {
    if (watched
        && !machine.process
        && machine.shim
        && !machine.silent
        && machine.exitRecord != null
        && !threads.lives("exit")) {
      int mine = id;
      threads.begin("exit", () -> underLock(mine, ContainerEvent.EXIT, true));
    }
    if (watched && !machine.shim && !threads.lives("loss")) {
      int mine = id;
      threads.begin("loss", () -> shimLost(mine));
    }
    boolean some = !threads.none();
    threads.step();
    return some;
  }

  void processEnds(int code) {
    machine.processEnds(code);
  }

  void shimEnds() {
    machine.shimDies();
  }

  void shimFallsSilent() {
    machine.silent = machine.shim;
  }

  /** The daemon dies where it is, alone or with the machine, and another one begins. */
  void daemonDies(boolean machineToo) {
    threads.killAll();
    if (machineToo) {
      machine.reboot();
    }
    assertThat(disk.isPresent() || machine.isClean()).as("no record tells of %s", this).isTrue();
    phase = Optional.empty();
    named = false;
    watched = false;
    locked = false;
    serving = false;
    threads.begin("recovery", this::recover);
  }

  /** Nothing fails any more, and all that was silent speaks. */
  void calmDown() {
    calm = true;
    machine.shimSpeaks();
  }

  void checkAtRest() {
    assertThat(phase).as("the record and the memory").isEqualTo(disk.map(Saved::phase));
    assertThat(named).as("the name is taken: %s", this).isEqualTo(phase.isPresent());
    boolean running = phase.equals(Optional.of(ContainerPhase.RUNNING));
    assertThat(machine.process).as("runs: %s", this).isEqualTo(running);
    assertThat(machine.shim).as("has a shim: %s", this).isEqualTo(running);
    assertThat(watched).as("is watched: %s", this).isEqualTo(running);
    assertThat(phase).isNotEqualTo(Optional.of(ContainerPhase.UNKNOWN));
  }

  void checkGone() {
    assertThat(phase).isEmpty();
    assertThat(disk).isEmpty();
    assertThat(!machine.isClean() || named || machine.exitRecord != null)
        .as("something is left: %s", this)
        .isFalse();
  }

  @Override
  public String toString() {
    return "%s %s %s named %s watched %s".formatted(phase, disk, machine, named, watched);
  }
}
