package io.jcri.it.faults;

import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One fault of a round, from its preparation to its mending. */
final class Strike {
  private final Faults kind;
  private final Fault fault;
  private final Round round;
  private volatile @Nullable String failure;

  /** Makes the fault by a seed of its own. */
  Strike(Faults kind, long seed, FaultNode node, Excuses excuses, BooleanSupplier atWork) {
    Random random = new Random(seed);
    this.kind = kind;
    this.fault = kind.make().apply(random);
    this.round = new Round(node, excuses, random, atWork);
  }

  String kind() {
    return kind.name();
  }

  /** Whether something was broken. */
  boolean counts() {
    return !round.isMissed();
  }

  void prepare() throws IOException {
    fault.prepare(round);
  }

  /** Breaks it in a thread of its own. */
  Thread begin() {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            fault.strike(round);
          } catch (IOException | RuntimeException e) {
            failure = "the fault itself: " + e;
          } catch (InterruptedException e) {
            failure = "the fault itself was given up";
          }
        });
  }

  /** When the clients and {@link #begin}'s thread have ended. */
  void settle() {
    try {
      fault.settle(round);
    } catch (IOException e) {
      failure = "the fault itself: " + e.getMessage();
    }
  }

  /** Why it could not be broken or mended as it should. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public String toString() {
    return kind.name()
        + (round.told().isEmpty() ? "" : ": " + round.told())
        + (counts() ? "" : " (missed)");
  }
}
