package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ContainerMetrics;
import io.jcri.cri.v1.Metric;
import io.jcri.cri.v1.MetricType;
import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.UInt64Value;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.metrics.Sample;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.stats.PodContainer;
import io.jcri.daemon.stats.Stats;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Metrics of all pods, as CRI tells of them. */
public final class MetricsCollection {
  private final Pods pods;
  private final Containers containers;
  private final Metrics metrics;

  public MetricsCollection(Pods pods, Containers containers, Metrics metrics) {
    this.pods = pods;
    this.containers = containers;
    this.metrics = metrics;
  }

  /** Each pod once, measured when its turn comes. */
  void pods(Rows<PodSandboxMetrics> rows) throws IOException, InterruptedException {
    Map<String, List<Container>> byPod = containers.byPod();
    Collection<Pod> all = pods.list();
    Stats.Answers answers = metrics.ask(PodContainer.all(all, byPod));
    for (Pod pod : all) {
      PodSandboxMetrics.Builder row = PodSandboxMetrics.newBuilder().setPodSandboxId(pod.id());
      metrics.of(pod).forEach(sample -> row.addMetrics(message(sample)));
      for (Container container : byPod.getOrDefault(pod.id(), List.of())) {
        ContainerMetrics.Builder inside =
            ContainerMetrics.newBuilder().setContainerId(container.id());
        metrics.of(pod, container, answers).forEach(sample -> inside.addMetrics(message(sample)));
        row.addContainerMetrics(inside);
      }
      rows.add(row.build());
    }
  }

  /** Without a time, which by CRI's word means that it was measured for this call. */
  private static Metric message(Sample sample) {
    return Metric.newBuilder()
        .setName(sample.metric().label())
        .setMetricType(
            switch (sample.metric().type()) {
              case COUNTER -> MetricType.COUNTER;
              case GAUGE -> MetricType.GAUGE;
            })
        .addAllLabelValues(sample.labels())
        .setValue(UInt64Value.newBuilder().setValue(sample.value()))
        .build();
  }
}
