package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What the daemon's executors do of a pod's steps, on a disk and a kernel that are a few variables.
 */
abstract class SimulatedPodSteps {
  record Saved(int id, int boot, PodPhase phase, boolean networkDue) {
    Saved in(PodPhase next) {
      return new Saved(id, boot, next, networkDue);
    }

    Saved due(boolean due) {
      return new Saved(id, boot, phase, due);
    }
  }

  final Random random;
  final SeededThreads threads;
  boolean calm;

  // survive the daemon
  Optional<Saved> disk = Optional.empty();
  int boot;
  boolean sandbox;
  boolean pause;
  boolean address;
  boolean files;
  boolean container;

  // the daemon's memory
  Optional<Saved> memory = Optional.empty();
  int id;
  int lastId;
  boolean named;
  boolean watched;
  boolean locked;
  boolean serving = true;

  SimulatedPodSteps(Random random) {
    this.random = random;
    this.threads = new SeededThreads(random);
  }

  abstract void rollBack(int mine);

  void take(PodEvent event) throws IOException {
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
    works.put(PodAction.START_SANDBOX_CONTAINER, () -> container = mayFail());
    works.put(PodAction.WATCH_SANDBOX, () -> watched = mayFailUnlessFound(event));
    works.put(PodAction.END_SANDBOX_CONTAINER, () -> container = false);
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
          assertThat(sandbox || address || files || container)
              .as("left without a record: %s", this)
              .isFalse();
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
  void see(PodEvent event) {
    memory.ifPresent(now -> save(now.in(PodLife.on(phase(), event).to().orElseThrow())));
  }

  /** Nobody else changes it between the write and the rename, but the daemon may die. */
  void save(Saved next) {
    dieHere();
    disk = Optional.of(next);
    memory = disk;
  }

  void dieHere() {
    if (!calm && serving && random.nextInt(40) == 0) {
      throw new SeededThreads.Death();
    }
  }

  boolean fails() {
    return !calm && random.nextInt(10) == 0;
  }

  /** Returns true, if at all. */
  boolean mayFail() throws IOException {
    if (fails()) {
      throw new IOException("failed");
    }
    return true;
  }

  boolean mayFailUnlessFound(PodEvent event) throws IOException {
    return event == PodEvent.FOUND || mayFail();
  }

  void lock() {
    threads.pause();
    while (locked) {
      threads.pause();
    }
    locked = true;
  }

  Optional<PodPhase> phase() {
    return memory.map(Saved::phase);
  }
}
