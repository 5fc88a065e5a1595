package io.jcri.it.soak;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * How something has grown in a run: its least value in the second half beside that in the first.
 * What a collector or a pool makes go up and down has a floor, and a leak lifts the floor.
 *
 * @param early the least value of the first half
 * @param late that of the second
 * @param perHundred how much it grew per 100 cycles
 * @param perHour the same by time
 */
record Growth(double early, double late, double perHundred, double perHour) {
  /** Fewer values than that in a half say nothing. */
  static final int FEWEST = 2;

  private record Point(double seconds, double cycles, double value) {}

  /** Whether there are values enough. */
  static boolean isKnown(List<JsonObject> samples, String name) {
    return points(samples, name).size() >= 2 * FEWEST;
  }

  /** Of samples of which {@link #isKnown} holds. */
  static Growth of(List<JsonObject> samples, String name) {
    List<Point> points = points(samples, name);
    int middle = points.size() / 2;
    List<Point> first = points.subList(0, middle);
    List<Point> second = points.subList(middle, points.size());
    double early = first.stream().mapToDouble(Point::value).min().orElseThrow();
    double late = second.stream().mapToDouble(Point::value).min().orElseThrow();
    double cycles = middle(second, Axis.CYCLES) - middle(first, Axis.CYCLES);
    double hours = (middle(second, Axis.SECONDS) - middle(first, Axis.SECONDS)) / 3600;
    double growth = late - early;
    return new Growth(
        early, late, growth * 100 / Math.max(cycles, 1), growth / Math.max(hours, 1e-3));
  }

  private enum Axis {
    CYCLES,
    SECONDS
  }

  private static double middle(List<Point> points, Axis axis) {
    return points.stream()
        .mapToDouble(point -> axis == Axis.CYCLES ? point.cycles : point.seconds)
        .average()
        .orElseThrow();
  }

  private static List<Point> points(List<JsonObject> samples, String name) {
    return samples.stream()
        .filter(sample -> sample.has(name))
        .map(sample ->
            new Point(
                sample.get("seconds").getAsDouble(),
                sample.get("cycles").getAsDouble(),
                sample.get(name).getAsDouble()))
        .toList();
  }
}
