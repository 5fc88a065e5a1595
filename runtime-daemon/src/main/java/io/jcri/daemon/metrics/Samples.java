package io.jcri.daemon.metrics;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import java.util.ArrayList;
import java.util.List;

/** Gathers the samples of one pod or container. Used by one thread. */
final class Samples {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final List<String> base;
  private final List<Sample> samples = new ArrayList<>();

  private Samples(List<String> base) {
    this.base = base;
  }

  /**
   * Of a pod: as cAdvisor, which finds no container and no image in a pod's cgroup.
   *
   * @param cgroup its path
   */
  static Samples of(Pod pod, String cgroup) {
    return new Samples(
        List.of(
            "",
            cgroup,
            "",
            pod.id(),
            pod.config().metadata().namespace(),
            pod.config().metadata().name()));
  }

  static Samples of(Pod pod, Container container, String cgroup) {
    return new Samples(
        List.of(
            container.config().name(),
            cgroup,
            container.image().name(),
            container.id(),
            pod.config().metadata().namespace(),
            pod.config().metadata().name()));
  }

  void add(Metric metric, long value, String... own) {
    List<String> labels = new ArrayList<>(base.size() + own.length);
    labels.addAll(base);
    labels.addAll(List.of(own));
    samples.add(new Sample(metric, labels, value));
  }

  void addNanos(Metric metric, long nanos, String... own) {
    add(metric, nanos / NANOS_PER_SECOND, own);
  }

  List<Sample> all() {
    return samples;
  }
}
