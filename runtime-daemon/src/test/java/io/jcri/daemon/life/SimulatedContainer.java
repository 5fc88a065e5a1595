package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A node with one container: what the daemon's executors do, on a disk, a kernel and a shim that
 * are a few variables. What a daemon has not yet renamed to its record is lost when it dies.
 */
final class SimulatedContainer {
  /** A record on the disk; the exit is there once it is known. */
  private record Saved(int id, int boot, ContainerPhase phase, Optional<Integer> exit) {}

  private static final int NOBODY_KNOWS = -1;
  private static final int KILLED = 137;
  private static final int NOT_STARTED = 128;

  private final Random random;
  private final SeededThreads threads;
  private boolean calm;

  // survive the daemon
  private Optional<Saved> disk = Optional.empty();
  private boolean root;
  private boolean files;
  private boolean shim;
  private boolean socket; // of the shim, and there when the shim has died
  private boolean silent;
  private boolean process;
  private @Nullable Integer exitRecord;
  private @Nullable Integer unsaid;
  private int boot;

  // the daemon's memory
  private Optional<ContainerPhase> phase = Optional.empty();
  private int id;
  private int lastId;
  private boolean named;
  private boolean watched;
  private boolean locked;
  private boolean serving = true;
  private int madeIn;

  SimulatedContainer(Random random) {
    this.random = random;
    this.threads = new SeededThreads(random);
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
        madeIn = boot;
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
    if (socket && can) {
      take(ContainerEvent.SHIM_FOUND, NOBODY_KNOWS);
    }
  }

  private void underLock(int mine, ContainerEvent event, boolean onlyWatched) {
    lock();
    try {
      boolean can = phase.filter(now -> ContainerLife.can(now, event)).isPresent();
      if (mine == id && can && (watched || !onlyWatched)) {
        watched = false;
        take(event, exitRecord == null ? NOBODY_KNOWS : exitRecord);
      }
    } catch (IOException e) {
      assertThat(event).isEqualTo(ContainerEvent.REMOVE);
    } finally {
      locked = false;
    }
  }

  private void askShim(int mine) {
    while (silent) {
      threads.pause();
    }
    if (shim) {
      lock();
      try {
        if (mine == id && phase.equals(Optional.of(ContainerPhase.UNKNOWN)) && shim) {
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
      if (mine == id && phase.equals(Optional.of(ContainerPhase.UNKNOWN)) && !shim) {
        take(
            exitRecord == null ? ContainerEvent.SHIM_LOST : ContainerEvent.EXIT,
            exitRecord == null ? NOBODY_KNOWS : exitRecord);
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
            madeIn == boot ? ContainerEvent.FOUND : ContainerEvent.FOUND_AFTER_REBOOT,
            NOBODY_KNOWS);
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

  private void take(ContainerEvent event, int exit) throws IOException {
    Transition<ContainerPhase, ContainerAction> step = ContainerLife.on(phase, event);
    int[] code = {exit};
    int mine = id;
    Map<ContainerAction, Transition.Work> works = new EnumMap<>(ContainerAction.class);
    works.put(ContainerAction.RECORD, () -> record(event, step, code[0]));
    works.put(ContainerAction.SHOW, () -> phase = step.to());
    works.put(ContainerAction.MOUNT_ROOT, () -> root = mayFail());
    works.put(ContainerAction.WRITE_CONFIG, () -> files = mayFail());
    works.put(
        ContainerAction.LAUNCH_SHIM,
        () -> {
          shim = mayFail();
          socket = true;
        });
    works.put(
        ContainerAction.RUN,
        () -> {
          mayFail();
          process = true;
          unsaid = null;
          threads.pause();
          mayFail(); // it runs, but the OCI runtime has not said so in time
        });
    works.put(ContainerAction.WATCH_SHIM, () -> watched = true);
    works.put(
        ContainerAction.ASK_SHIM, () -> threads.begin("recovery of " + mine, () -> askShim(mine)));
    works.put(ContainerAction.SIGNAL, () -> signal(mine));
    works.put(
        ContainerAction.TAKE_EXIT, () -> code[0] = exitRecord == null ? NOBODY_KNOWS : exitRecord);
    works.put(
        ContainerAction.KILL,
        () -> {
          process = false;
          watched = false;
          code[0] = exitRecord == null ? KILLED : exitRecord;
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
          assertThat(shim || socket || process).as("runs while its files are deleted").isFalse();
          mayFail();
          files = false;
          exitRecord = null;
        });
    works.put(ContainerAction.RELEASE_ROOT, () -> root = !mayFail());
    works.put(
        ContainerAction.DELETE_RECORD,
        () -> {
          assertThat(root || files).as("leaves something without a record").isFalse();
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

  private void record(
      ContainerEvent event, Transition<ContainerPhase, ContainerAction> step, int code)
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

  private void signal(int mine) throws IOException {
    while (mine == id && watched) {
      if (silent) {
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

  private void lookForShim() {
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

  private void endShim() {
    processEnds(KILLED);
    process = false;
    shim = false;
    silent = false;
    socket = false;
  }

  /** Returns true, if at all. */
  private boolean mayFail() throws IOException {
    if (!calm && random.nextInt(12) == 0) {
      throw new IOException("failed");
    }
    return true;
  }

  // what happens to a node

  /** One more turn of any thread; false when none has anything to do. */
  boolean goOn() {
    if (watched && !process && shim && !silent && exitRecord != null && !threads.lives("exit")) {
      int mine = id;
      threads.begin("exit", () -> underLock(mine, ContainerEvent.EXIT, true));
    }
    if (watched && !shim && !threads.lives("loss")) {
      int mine = id;
      threads.begin("loss", () -> underLock(mine, ContainerEvent.SHIM_LOST, true));
    }
    boolean some = !threads.none();
    threads.step();
    return some;
  }

  void processEnds(int code) {
    if (process) {
      process = false;
      if (shim && silent) {
        unsaid = code; // until the shim comes to itself
      } else if (shim) {
        exitRecord = code;
      }
    }
  }

  void shimEnds() {
    shim = false;
    silent = false;
  }

  void shimFallsSilent() {
    silent = shim;
  }

  /** The daemon dies where it is, alone or with the machine, and another one begins. */
  void daemonDies(boolean machineToo) {
    threads.killAll();
    if (machineToo) {
      shim = false;
      socket = false;
      silent = false;
      process = false;
      files = false;
      exitRecord = null;
      boot++;
    }
    assertThat(disk.isPresent() || !(process || shim || socket || root || files))
        .as("no record tells of %s", this)
        .isTrue();
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
    if (silent && unsaid != null) {
      exitRecord = unsaid;
    }
    silent = false;
  }

  void checkAtRest() {
    assertThat(phase).as("the record and the memory").isEqualTo(disk.map(Saved::phase));
    assertThat(named).as("the name is taken: %s", this).isEqualTo(phase.isPresent());
    boolean running = phase.equals(Optional.of(ContainerPhase.RUNNING));
    assertThat(process).as("runs: %s", this).isEqualTo(running);
    assertThat(shim).as("has a shim: %s", this).isEqualTo(running);
    assertThat(watched).as("is watched: %s", this).isEqualTo(running);
    assertThat(phase).isNotEqualTo(Optional.of(ContainerPhase.UNKNOWN));
  }

  void checkGone() {
    assertThat(phase).isEmpty();
    assertThat(disk).isEmpty();
    assertThat(root || files || shim || socket || process || named || exitRecord != null)
        .as("something is left: %s", this)
        .isFalse();
  }

  @Override
  public String toString() {
    return "%s %s root %s files %s shim %s socket %s silent %s process %s exit %s named %s watched %s"
        .formatted(
            phase, disk, root, files, shim, socket, silent, process, exitRecord, named, watched);
  }
}
