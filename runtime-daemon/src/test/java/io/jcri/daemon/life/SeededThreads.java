package io.jcri.daemon.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a simulated daemon. One runs at a time, from one {@link #pause} to the next, and a
 * seed decides which; all of them can die at once, each where it is.
 */
final class SeededThreads {
  /** The daemon has died over what this thread did. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;

    Death() {
      super("the daemon died", null, false, false);
    }
  }

  private final class One {
    final String name;
    final Semaphore turn = new Semaphore(0);
    boolean over;

    One(String name) {
      this.name = name;
    }

    void run(Runnable body) {
      turn.acquireUninterruptibly();
      try {
        if (!dead) {
          body.run();
        }
      } catch (Death e) {
        died = true; // nothing of it goes on
      } catch (Throwable e) {
        failure = new AssertionError(name + " failed", e);
      } finally {
        over = true;
        back.release();
      }
    }
  }

  private final Random random;
  private final Semaphore back = new Semaphore(0);
  private final List<One> all = new ArrayList<>();
  private @Nullable One current;
  private boolean dead;
  private boolean died;
  private @Nullable AssertionError failure;

  SeededThreads(Random random) {
    this.random = random;
  }

  /** Runs a simulation for seeds from 1 on; the first that fails is named. */
  static void forEachSeed(int seeds, LongConsumer simulation) throws Exception {
    FutureTask<Boolean> all =
        new FutureTask<>(
            () -> {
              for (long seed = 1; seed <= seeds; seed++) {
                try {
                  simulation.accept(seed);
                } catch (RuntimeException | AssertionError e) {
                  throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                }
              }
            },
            true);
    // Turns are handed over faster between virtual threads than from and to one of the kernel's.
    Thread _ = Thread.ofVirtual().start(all);
    assertThat(all.get()).isTrue();
  }

  /** Begins a thread, which does nothing until it has its turn. */
  void begin(String name, Runnable body) {
    One one = new One(name);
    all.add(one);
    Thread _ = Thread.ofVirtual().start(() -> one.run(body));
  }

  boolean lives(String name) {
    return all.stream().anyMatch(one -> one.name.equals(name));
  }

  boolean none() {
    return all.isEmpty();
  }

  /** Lets any of the threads go on to its next pause, if there is one. */
  void step() {
    if (!all.isEmpty()) {
      go(all.get(random.nextInt(all.size())));
    }
  }

  private void go(One one) {
    current = one;
    one.turn.release();
    back.acquireUninterruptibly();
    if (one.over) {
      all.remove(one);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** In a thread: others may run, or the daemon may die. */
  void pause() {
    One me = current;
    if (me != null) {
      back.release();
      me.turn.acquireUninterruptibly();
      current = me;
      if (dead) {
        throw new Death();
      }
    }
  }

  /** Whether the daemon has died in a thread's last turn, since the thread said so. */
  boolean died() {
    return died;
  }

  /** Nothing that any of them was about to do is done. */
  void killAll() {
    dead = true;
    while (!all.isEmpty()) {
      go(all.getFirst());
    }
    dead = false;
    died = false;
  }
}
