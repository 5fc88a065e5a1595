package io.jcri.daemon.metrics;

import java.util.List;

/**
 * One value of a metric.
 *
 * @param labels values for {@link Metric#labels}
 * @param value unsigned
 */
public record Sample(Metric metric, List<String> labels, long value) {

  public Sample {
    labels = List.copyOf(labels);
    if (labels.size() != metric.labels().size()) {
      throw new IllegalArgumentException(
          metric + " has labels " + metric.labels() + " and got " + labels);
    }
  }
}
