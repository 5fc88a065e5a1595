package io.jcri.it.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Repeated measurements of one thing, in one unit. Not thread-safe. */
final class Samples {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  /** Adds the milliseconds since a {@link System#nanoTime}. */
  void addMillisSince(long begin) {
    add((System.nanoTime() - begin) / 1e6);
  }

  void addAll(Samples others) {
    values.addAll(others.values);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  int count() {
    return values.size();
  }

  double median() {
    return quantile(0.5);
  }

  double p90() {
    return quantile(0.9);
  }

  double p99() {
    return quantile(0.99);
  }

  double least() {
    return quantile(0);
  }

  double most() {
    return quantile(1);
  }

  /** Interpolates between the two nearest values; not a number when there are none. */
  private double quantile(double share) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
  }
}
