package io.jcri.it.faults;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What happens to the file systems that the daemon works on. */
final class DiskFaults {
  private static final Pattern SNAPSHOT = Pattern.compile("/snapshots/([0-9a-f]{64})/");

  private DiskFaults() {}

  static Fault full(Random random) {
    boolean state = random.nextBoolean();
    int spareKib = random.nextInt(3) == 0 ? 0 : random.nextInt(200);
    return round -> {
      Path folder = state ? round.node().daemon().state() : round.node().daemon().root();
      round.sleepUpTo(700);
      round.tell("%s, %d KiB left".formatted(state ? "state" : "root", spareKib));
      Path ballast = folder.resolve("ballast");
      fill(folder, ballast, spareKib);
      round.sleepUpTo(1500);
      Files.delete(ballast);
    };
  }

  private static void fill(Path folder, Path ballast, int spareKib) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace() / 1024 - spareKib;
    Command.of("fallocate", "-l", Math.max(free, 4) + "KiB", ballast.toString()).run();
    if (spareKib == 0) {
      // What was freed meanwhile is filled as well.
      Command.of("sh", "-c", "cat /dev/zero 2>/dev/null >> " + ballast).run();
    }
  }

  /** Where the logs of pods are: lines may be dropped, if they are counted. */
  static Fault logsFull(Random random) {
    int spareKib = random.nextInt(3) == 0 ? 0 : random.nextInt(100);
    return round -> {
      round.sleepUpTo(500);
      round.tell("%d KiB left".formatted(spareKib));
      Path ballast = round.node().logs().resolve("ballast");
      fill(round.node().logs(), ballast, spareKib);
      round.sleepUpTo(1500);
      Files.delete(ballast);
    };
  }

  /**
   * Somebody detaches a mount of the daemon's: a pinned namespace, a shm, the root file system of a
   * container, which is excused alone.
   */
  static Fault mountGone(Random random) {
    return round -> {
      Optional<String> container = round.runningContainer();
      round.sleepUpTo(300);
      String root = round.node().daemon().root().toString();
      String state = round.node().daemon().state().toString();
      List<String> mounts =
          Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
              .map(line -> line.split(" ", -1)[4])
              .filter(path -> path.startsWith(root + "/") || path.startsWith(state + "/"))
              .toList();
      Optional<String> mount = round.pick(mounts);
      round.tell("%s while %s runs".formatted(mount, container));
      if (mount.isEmpty()) {
        round.miss("there is none");
        return;
      }
      Matcher snapshot = SNAPSHOT.matcher(mount.get());
      if (snapshot.find()) {
        round.excuses().harm(snapshot.group(1));
      }
      Command.of("umount", "-l", mount.get()).run();
    };
  }
}
