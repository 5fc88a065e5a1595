package io.jcri.it.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a daemon and the processes that it has started use, those that it has waited for too. */
final class ProcessTree {
  private static final Path PROC = Path.of("/proc");

  /** USER_HZ, which is 100 on every Linux that Java runs on. */
  private static final double TICKS = 100;

  private final long root;

  ProcessTree(long root) {
    this.root = root;
  }

  /** Seconds of user and system time up to now. */
  double processorSeconds() throws IOException {
    return sum("stat", ProcessTree::ticks) / TICKS;
  }

  /** The sum of the largest resident sets that each has had, in MiB. */
  double peakMiB() throws IOException {
    return sum("status", ProcessTree::peakKiB) / 1024;
  }

  private interface Reading {
    double of(String text);
  }

  private double sum(String file, Reading reading) throws IOException {
    Map<Long, Long> parents = parents();
    double sum = 0;
    for (long process : parents.keySet()) {
      if (isBelow(process, parents)) {
        sum += read(PROC.resolve(Long.toString(process)).resolve(file), reading);
      }
    }
    return sum;
  }

  private boolean isBelow(long process, Map<Long, Long> parents) {
    for (long at = process; at != 0; at = parents.getOrDefault(at, 0L)) {
      if (at == root) {
        return true;
      }
    }
    return false;
  }

  private static Map<Long, Long> parents() throws IOException {
    Map<Long, Long> parents = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long parent = (long) read(process.resolve("stat"), text -> Long.parseLong(fields(text)[1]));
        parents.put(Long.parseLong(String.valueOf(process.getFileName())), parent);
      }
    }
    return parents;
  }

  /** 0 for one that has ended. */
  private static double read(Path file, Reading reading) throws IOException {
    try {
      return reading.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return 0;
      }
      throw e;
    }
  }

  /** Those of proc(5) from the third, the state, on; the second may hold anything. */
  private static String[] fields(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  /** utime, stime, cutime and cstime. */
  private static double ticks(String stat) {
    String[] fields = fields(stat);
    double sum = 0;
    for (int i = 11; i < 15; i++) {
      sum += Long.parseLong(fields[i]);
    }
    return sum;
  }

  private static double peakKiB(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
