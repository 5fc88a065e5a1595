package io.jcri.daemon.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Names of block devices by their numbers. Thread-safe. */
final class Devices {
  private final Path sys;
  private final Map<String, String> names = new ConcurrentHashMap<>();

  /** As told below {@code sys}, where sysfs is mounted. */
  Devices(Path sys) {
    this.sys = sys;
  }

  /** Such as {@code /dev/vda}, or {@code 253:0} for one of which nothing is known. */
  String name(int major, int minor) {
    return names.computeIfAbsent(major + ":" + minor, this::find);
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
