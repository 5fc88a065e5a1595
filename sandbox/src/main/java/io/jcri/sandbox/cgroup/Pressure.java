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

  private static Stall parseLine(String line) {
    double[] averages = new double[3];
    long total = 0;
    for (String field : line.split(" ", -1)) {
      int equals = field.indexOf('=');
      String value = field.substring(equals + 1);
      switch (equals < 0 ? "" : field.substring(0, equals)) {
        case "avg10" -> averages[0] = Double.parseDouble(value);
        case "avg60" -> averages[1] = Double.parseDouble(value);
        case "avg300" -> averages[2] = Double.parseDouble(value);
        case "total" -> total = Long.parseLong(value);
        default -> {}
      }
    }
    return new Stall(averages[0], averages[1], averages[2], total);
  }
}
