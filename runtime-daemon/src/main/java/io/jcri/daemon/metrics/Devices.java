package io.jcri.daemon.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Names of block devices by their numbers, looked up once a minute: the kernel gives the numbers of
 * a volume that was detached to the next one. Thread-safe.
 */
final class Devices {
  private static final long KEPT_NANOS = 60_000_000_000L;

  private record Known(String name, long at) {}

  private final Path sys;
  private final LongSupplier nanoTime;
  private final Map<String, Known> names = new ConcurrentHashMap<>();

  /**
   * As told below {@code sys}, where sysfs is mounted.
   *
   * @param nanoTime a clock that never goes back, such as {@link System#nanoTime}
   */
  Devices(Path sys, LongSupplier nanoTime) {
    this.sys = sys;
    this.nanoTime = nanoTime;
  }

  /** Such as {@code /dev/vda}, or {@code 253:0} for one of which nothing is known. */
  String name(int major, int minor) {
    long now = nanoTime.getAsLong();
    return names
        .compute(
            major + ":" + minor,
            (numbers, known) ->
                known != null && now - known.at() < KEPT_NANOS
                    ? known
                    : new Known(find(numbers), now))
        .name();
  }

  private String find(String numbers) {
    try {
      for (String line :
          Files.readAllLines(sys.resolve("dev/block").resolve(numbers).resolve("uevent"))) {
        if (line.startsWith("DEVNAME=")) {
          return "/dev/" + line.substring("DEVNAME=".length());
        }
      }
    } catch (IOException e) {
      return numbers;
    }
    return numbers;
  }
}
