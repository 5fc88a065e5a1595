package io.jcri.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What happens to what the daemon has on disk, while it is down. */
final class RecordFaults {
  private RecordFaults() {}

  static Fault damaged(Random random) {
    int how = random.nextInt(4);
    return round -> {
      Optional<String> container = round.runningContainer();
      round.sleepUpTo(300);
      round.node().daemon().kill();
      List<Path> files = new ArrayList<>();
      files.addAll(FaultNode.list(round.node().daemon().root().resolve("pods")));
      files.addAll(FaultNode.list(round.node().daemon().root().resolve("containers")));
      for (Path each : FaultNode.list(round.node().daemon().state().resolve("containers"))) {
        if (Files.exists(each.resolve("exit"))) {
          files.add(each.resolve("exit"));
        }
      }
      Optional<Path> file = round.pick(files);
      if (file.isPresent()) {
        round.tell("%s, %s".formatted(file.get(), damage(file.get(), how, round.random())));
        round.excuses().harmAll();
      } else {
        round.miss("no record, " + container);
      }
      round.node().daemon().start();
    };
  }

  private static String damage(Path file, int how, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return switch (how) {
      case 0 -> {
        Files.write(file, new byte[0]);
        yield "emptied";
      }
      case 1 -> {
        int length = random.nextInt(bytes.length + 1);
        Files.write(file, java.util.Arrays.copyOf(bytes, length));
        yield "cut at %d of %d".formatted(length, bytes.length);
      }
      case 2 -> {
        if (bytes.length > 0) {
          int place = random.nextInt(bytes.length);
          bytes[place] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
          yield "a bit flipped at %d of %d".formatted(place, bytes.length);
        }
        yield "empty as it was";
      }
      default -> {
        Files.delete(file);
        yield "deleted";
      }
    };
  }
}
