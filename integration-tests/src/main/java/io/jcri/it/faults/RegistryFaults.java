package io.jcri.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What happens to the registry that images come from. */
final class RegistryFaults {
  private RegistryFaults() {}

  static Fault killed(Random random) {
    return round -> {
      round.sleepUpTo(400);
      round.node().registry().kill();
      round.sleepUpTo(800);
      round.node().registry().restart();
    };
  }

  /** In the middle of whatever it sends. */
  static Fault stalled(Random random) {
    return round -> {
      round.sleepUpTo(300);
      long pid = round.node().registry().process().pid();
      DaemonFaults.signal("STOP", pid);
      round.sleepUpTo(2500);
      DaemonFaults.signal("CONT", pid);
    };
  }

  /** A blob that is being pulled has a wrong byte for a while. */
  static Fault garbage(Random random) {
    Set<Path> before = new HashSet<>();
    return new Fault() {
      @Override
      public void prepare(Round round) throws IOException {
        before.addAll(blobs(round.node()));
      }

      @Override
      public void strike(Round round) throws IOException, InterruptedException {
        Optional<Path> blob = Optional.empty();
        while (blob.isEmpty() && round.isAtWork()) {
          round.sleepUpTo(100);
          List<Path> fresh = new ArrayList<>(blobs(round.node()));
          fresh.removeAll(before);
          blob = round.pick(fresh);
        }
        if (blob.isEmpty()) {
          round.miss("nothing was pushed");
          return;
        }
        byte[] right = Files.readAllBytes(blob.get());
        byte[] wrong = right.clone();
        int place = round.random().nextInt(wrong.length);
        wrong[place] ^= 1;
        round.tell("at %d of %d".formatted(place, wrong.length));
        Files.write(blob.get(), wrong);
        round.sleepUpTo(700);
        Files.write(blob.get(), right);
      }
    };
  }

  private static List<Path> blobs(FaultNode node) throws IOException {
    Path folder = node.registry().data().resolve("docker/registry/v2/blobs");
    List<Path> found = new ArrayList<>();
    for (Path algorithm : FaultNode.list(folder)) {
      for (Path prefix : FaultNode.list(algorithm)) {
        for (Path blob : FaultNode.list(prefix)) {
          Path data = blob.resolve("data");
          if (Files.exists(data) && Files.size(data) > 0) {
            found.add(data);
          }
        }
      }
    }
    return found;
  }
}
