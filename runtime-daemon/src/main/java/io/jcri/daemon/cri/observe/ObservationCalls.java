package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.stats.Stats;

/** What only looks: figures, metrics and events. */
public record ObservationCalls(
    Pods pods, Containers containers, Stats stats, Metrics metrics, Images images, Events events)
    implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    StatsCollection figures = new StatsCollection(pods, containers, stats, images);
    MetricsCollection measured = new MetricsCollection(pods, containers, metrics);
    table
        .unary(
            RuntimeServiceGrpc.getContainerStatsMethod(), new ContainerStats(containers, figures))
        .unary(RuntimeServiceGrpc.getListContainerStatsMethod(), new ListContainerStats(figures))
        .stream(
            RuntimeServiceGrpc.getStreamContainerStatsMethod(), new StreamContainerStats(figures))
        .unary(RuntimeServiceGrpc.getPodSandboxStatsMethod(), new PodSandboxStats(pods, figures))
        .unary(RuntimeServiceGrpc.getListPodSandboxStatsMethod(), new ListPodSandboxStats(figures))
        .stream(
            RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(), new StreamPodSandboxStats(figures))
        .unary(
            RuntimeServiceGrpc.getListMetricDescriptorsMethod(), new ListMetricDescriptors(metrics))
        .unary(
            RuntimeServiceGrpc.getListPodSandboxMetricsMethod(),
            new ListPodSandboxMetrics(measured))
        .stream(
            RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod(),
            new StreamPodSandboxMetrics(measured))
        .stream(
            RuntimeServiceGrpc.getGetContainerEventsMethod(),
            new GetContainerEvents(events),
            GetContainerEvents.IN_FLIGHT_BYTES);
  }
}
