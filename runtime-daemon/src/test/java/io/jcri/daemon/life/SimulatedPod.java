package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A node with one pod: what the daemon's executors do, on a disk and a kernel that are a few
 * variables. What a daemon has not yet renamed to its record is lost when it dies.
 */
final class SimulatedPod {
  private record Saved(int id, int boot, PodPhase phase, boolean networkDue) {
    Saved in(PodPhase next) {
      return new Saved(id, boot, next, networkDue);
    }

    Saved due(boolean due) {
      return new Saved(id, boot, phase, due);
    }
  }

  private final Random random;
  private final SeededThreads threads;
  private boolean calm;

  // survive the daemon
  private Optional<Saved> disk = Optional.empty();
  private int boot;
  private boolean sandbox;
  private boolean pause;
  private boolean address;
  private boolean files;

  // the daemon's memory
  private Optional<Saved> memory = Optional.empty();
  private int id;
  private int lastId;
  private boolean named;
  private boolean watched;
  private boolean locked;
  private boolean serving = true;

  SimulatedPod(Random random) {
    this.random = random;
    this.threads = new SeededThreads(random);
  }

  SeededThreads threads() {
    return threads;
  }

  Optional<PodPhase> phase() {
    return memory.map(Saved::phase);
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

  private void rollBack(int mine) {
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

  private void lock() {
    threads.pause();
    while (locked) {
      threads.pause();
    }
    locked = true;
  }

  // the actions

  private void take(PodEvent event) throws IOException {
    Transition<PodPhase, PodAction> step = PodLife.on(phase(), event);
    int mine = id;
    boolean[] stuck = {false};
    Map<PodAction, Transition.Work> works = new EnumMap<>(PodAction.class);
    works.put(
        PodAction.RECORD,
        () -> {
          if (event == PodEvent.RUN) {
            mayFail(); // a full disk
            save(new Saved(mine, boot, step.to().orElseThrow(), false));
          } else {
            see(event);
          }
        });
    works.put(
        PodAction.MAKE_SANDBOX,
        () -> {
          sandbox = mayFail();
          pause = true;
          threads.pause();
          save(memory.orElseThrow().due(true));
        });
    works.put(
        PodAction.JOIN_NETWORK,
        () -> {
          mayFail();
          address = true;
          threads.pause();
          mayFail(); // the address is taken, but the plugin has not said so
        });
    works.put(PodAction.WRITE_FILES, () -> files = mayFail());
    works.put(PodAction.WATCH_SANDBOX, () -> watched = mayFailUnlessFound(event));
    works.put(
        PodAction.LEAVE_NETWORK,
        () -> {
          if (memory.orElseThrow().networkDue()) {
            stuck[0] = fails();
            if (!stuck[0]) {
              address = false;
              threads.pause();
              save(memory.orElseThrow().due(false));
            }
          }
        });
    works.put(
        PodAction.END_SANDBOX,
        () -> {
          sandbox = false;
          pause = false;
          if (stuck[0]) {
            throw new IOException("the network could not be left");
          }
        });
    works.put(PodAction.ROLL_BACK, () -> threads.begin("roll back", () -> rollBack(mine)));
    works.put(
        PodAction.DELETE_FILES,
        () -> {
          mayFail();
          files = false;
        });
    works.put(
        PodAction.DELETE_RECORD,
        () -> {
          assertThat(sandbox || address || files).as("left without a record: %s", this).isFalse();
          disk = Optional.empty();
          memory = Optional.empty();
        });
    works.put(
        PodAction.RELEASE_NAME,
        () -> {
          named = false;
          watched = false;
        });
    works.replaceAll((_, work) ->
        () -> {
          threads.pause();
          work.run();
        });
    step.perform(works);
    threads.pause();
  }

  /** As the registry does: the phase of that moment counts, not the one of before. */
  private void see(PodEvent event) {
    memory.ifPresent(now -> save(now.in(PodLife.on(phase(), event).to().orElseThrow())));
  }

  /** Nobody else changes it between the write and the rename, but the daemon may die. */
  private void save(Saved next) {
    dieHere();
    disk = Optional.of(next);
    memory = disk;
  }

  private void dieHere() {
    if (!calm && serving && random.nextInt(40) == 0) {
      throw new SeededThreads.Death();
    }
  }

  private boolean fails() {
    return !calm && random.nextInt(10) == 0;
  }

  /** Returns true, if at all. */
  private boolean mayFail() throws IOException {
    if (fails()) {
      throw new IOException("failed");
    }
    return true;
  }

  private boolean mayFailUnlessFound(PodEvent event) throws IOException {
    return event == PodEvent.FOUND || mayFail();
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
    }
    assertThat(disk.isPresent() || !(sandbox || address || files))
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
      assertThat(sandbox && pause && address && files && watched).as("whole: %s", this).isTrue();
    }
  }

  void checkGone() {
    assertThat(memory).isEmpty();
    assertThat(disk).isEmpty();
    assertThat(sandbox || pause || address || files || named)
        .as("something is left: %s", this)
        .isFalse();
  }

  @Override
  public String toString() {
    return "%s %s sandbox %s pause %s address %s files %s named %s watched %s"
        .formatted(memory, disk, sandbox, pause, address, files, named, watched);
  }
}
