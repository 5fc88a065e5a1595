package io.jcri.sandbox.cgroup;

import java.util.Locale;

/**
 * Pressure stall information of one resource (Documentation/accounting/psi.rst).
 *
 * @param some of the tasks stalled
 * @param full all of them stalled at once
 */
public record Pressure(Stall some, Stall full) {
  private static final Stall NONE = new Stall(0, 0, 0, 0);

  /**
   * Time lost.
   *
   * @param average10 percent of the last 10 seconds
   * @param average60 percent of the last minute
   * @param average300 percent of the last five minutes
   * @param totalMicros microseconds since the group was made
   */
  public record Stall(double average10, double average60, double average300, long totalMicros) {}

  /** A resource that has such figures. */
  public enum Resource {
    CPU,
    MEMORY,
    IO;

    String fileName() {
      return name().toLowerCase(Locale.ROOT) + ".pressure";
    }
  }

  /** Reads a pressure file; figures that it lacks are 0. */
  static Pressure parse(String text) {
    Stall some = NONE;
    Stall full = NONE;
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("some ")) {
        some = parseLine(line);
      } else if (line.startsWith("full ")) {
        full = parseLine(line);
      }
    }
    return new Pressure(some, full);
  }

  /** By hand: a node's statistics read hundreds of these, and of idle groups they are zeros. */
  private static Stall parseLine(String line) {
    return new Stall(
        average(line, "avg10="), average(line, "avg60="), average(line, "avg300="), total(line));
  }

  private static double average(String line, String key) {
    String value = value(line, key);
    return value.equals("0.00") || value.isEmpty() ? 0 : Double.parseDouble(value);
  }

  private static long total(String line) {
    String value = value(line, "total=");
    return value.isEmpty() ? 0 : Long.parseLong(value);
  }

  private static String value(String line, String key) {
    int start = line.indexOf(key);
    if (start < 0) {
      return "";
    }
    start += key.length();
    int end = line.indexOf(' ', start);
    return line.substring(start, end < 0 ? line.length() : end);
  }
}
