package io.jcri.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What happens to a daemon that takes up what another one has left. */
final class RecoveryFaults {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private RecoveryFaults() {}

  /** Killed at the nth change of the files it works on, or at some time; once or twice in a row. */
  static Fault killed(Random random) {
    int times = 1 + random.nextInt(2);
    return round -> {
      round.sleepUpTo(1200);
      round.node().daemon().kill();
      StringBuilder told = new StringBuilder();
      for (int i = 0; i < times; i++) {
        boolean atFile = round.random().nextInt(3) > 0;
        int count = 1 + round.random().nextInt(8);
        int millis = round.random().nextInt(1500);
        told.append(i == 0 ? "" : ", then ");
        told.append(atFile ? "at change %d".formatted(count) : "after %d ms".formatted(millis));
        Map<Path, Object> before = files(round.node());
        round.node().daemon().startUnawaited();
        if (atFile) {
          awaitChanges(round.node(), before, count);
        } else {
          Thread.sleep(Duration.ofMillis(millis));
        }
        round.node().daemon().kill();
      }
      round.tell(told.toString());
      round.node().daemon().start();
    };
  }

  /** Returns when so many files have changed, or there will be no more. */
  private static void awaitChanges(FaultNode node, Map<Path, Object> before, int count)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Map<Path, Object> last = before;
    int seen = 0;
    while (seen < count && System.nanoTime() - deadline < 0 && !serves(node, before)) {
      Map<Path, Object> now = files(node);
      for (var file : now.entrySet()) {
        seen += file.getValue().equals(last.get(file.getKey())) ? 0 : 1;
      }
      for (Path file : last.keySet()) {
        seen += now.containsKey(file) ? 0 : 1;
      }
      last = now;
      Thread.sleep(Duration.ofNanos(200_000));
    }
  }

  /** Whether it has made its socket: then calls change files, too. */
  private static boolean serves(FaultNode node, Map<Path, Object> before) throws IOException {
    Path socket = node.daemon().socket();
    return Files.exists(socket) && !key(socket).equals(before.get(socket));
  }

  private static Map<Path, Object> files(FaultNode node) throws IOException {
    Map<Path, Object> files = new TreeMap<>();
    Path root = node.daemon().root();
    Path state = node.daemon().state();
    for (Path folder :
        new Path[] {
          state,
          state.resolve("pods"),
          state.resolve("containers"),
          root.resolve("pods"),
          root.resolve("containers"),
          root.resolve("image/snapshots"),
          root.resolve("image/layers")
        }) {
      for (Path file : FaultNode.list(folder)) {
        try {
          files.put(file, key(file));
        } catch (IOException gone) {
          // the next look does not see it
        }
      }
    }
    return files;
  }

  private static Object key(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS)
        + " "
        + Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
  }
}
