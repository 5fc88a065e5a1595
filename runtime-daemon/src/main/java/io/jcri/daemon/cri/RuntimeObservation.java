package io.jcri.daemon.cri;

import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.ContainerStatsResponse;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainerStatsResponse;
import io.jcri.cri.v1.ListMetricDescriptorsRequest;
import io.jcri.cri.v1.ListMetricDescriptorsResponse;
import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsResponse;
import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.ListPodSandboxStatsResponse;
import io.jcri.cri.v1.PodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxStatsResponse;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;
import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainerStatsResponse;
import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamContainersResponse;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.cri.v1.StreamPodSandboxMetricsResponse;
import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsResponse;
import io.jcri.cri.v1.StreamPodSandboxesRequest;
import io.jcri.cri.v1.StreamPodSandboxesResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.stats.Stats;

/**
 * The part of the runtime service's table of calls that only looks: figures, metrics, events, and
 * lists in parts.
 */
abstract class RuntimeObservation extends RuntimeServiceImplBase {
  private final StreamPodSandboxes streamPodSandboxes;
  private final StreamContainers streamContainers;
  private final PodSandboxStats podSandboxStats;
  private final ListPodSandboxStats listPodSandboxStats;
  private final StreamPodSandboxStats streamPodSandboxStats;
  private final ContainerStats containerStats;
  private final ListContainerStats listContainerStats;
  private final StreamContainerStats streamContainerStats;
  private final ListMetricDescriptors listMetricDescriptors;
  private final ListPodSandboxMetrics listPodSandboxMetrics;
  private final StreamPodSandboxMetrics streamPodSandboxMetrics;
  private final GetContainerEvents getContainerEvents;

  RuntimeObservation(
      Pods pods,
      Containers containers,
      Stats stats,
      Metrics metrics,
      Images images,
      Events events) {
    this.streamPodSandboxes = new StreamPodSandboxes(pods);
    this.streamContainers = new StreamContainers(containers);
    StatsCollection collection = new StatsCollection(pods, containers, stats, images);
    this.containerStats = new ContainerStats(pods, containers, collection);
    this.listContainerStats = new ListContainerStats(collection);
    this.streamContainerStats = new StreamContainerStats(collection);
    this.podSandboxStats = new PodSandboxStats(pods, collection);
    this.listPodSandboxStats = new ListPodSandboxStats(collection);
    this.streamPodSandboxStats = new StreamPodSandboxStats(collection);
    this.listMetricDescriptors = new ListMetricDescriptors(metrics);
    MetricsCollection measured = new MetricsCollection(pods, containers, metrics);
    this.listPodSandboxMetrics = new ListPodSandboxMetrics(measured);
    this.streamPodSandboxMetrics = new StreamPodSandboxMetrics(measured);
    this.getContainerEvents = new GetContainerEvents(events);
  }

  @Override
  public void streamPodSandboxes(
      StreamPodSandboxesRequest request, StreamObserver<StreamPodSandboxesResponse> observer) {
    Streaming.answer(streamPodSandboxes, request, observer);
  }

  @Override
  public void streamContainers(
      StreamContainersRequest request, StreamObserver<StreamContainersResponse> observer) {
    Streaming.answer(streamContainers, request, observer);
  }

  @Override
  public void containerStats(
      ContainerStatsRequest request, StreamObserver<ContainerStatsResponse> observer) {
    Unary.answer(containerStats, request, observer);
  }

  @Override
  public void listContainerStats(
      ListContainerStatsRequest request, StreamObserver<ListContainerStatsResponse> observer) {
    Unary.answer(listContainerStats, request, observer);
  }

  @Override
  public void streamContainerStats(
      StreamContainerStatsRequest request, StreamObserver<StreamContainerStatsResponse> observer) {
    Streaming.answer(streamContainerStats, request, observer);
  }

  @Override
  public void podSandboxStats(
      PodSandboxStatsRequest request, StreamObserver<PodSandboxStatsResponse> observer) {
    Unary.answer(podSandboxStats, request, observer);
  }

  @Override
  public void listPodSandboxStats(
      ListPodSandboxStatsRequest request, StreamObserver<ListPodSandboxStatsResponse> observer) {
    Unary.answer(listPodSandboxStats, request, observer);
  }

  @Override
  public void streamPodSandboxStats(
      StreamPodSandboxStatsRequest request,
      StreamObserver<StreamPodSandboxStatsResponse> observer) {
    Streaming.answer(streamPodSandboxStats, request, observer);
  }

  @Override
  public void listMetricDescriptors(
      ListMetricDescriptorsRequest request,
      StreamObserver<ListMetricDescriptorsResponse> observer) {
    Unary.answer(listMetricDescriptors, request, observer);
  }

  @Override
  public void listPodSandboxMetrics(
      ListPodSandboxMetricsRequest request,
      StreamObserver<ListPodSandboxMetricsResponse> observer) {
    Unary.answer(listPodSandboxMetrics, request, observer);
  }

  @Override
  public void streamPodSandboxMetrics(
      StreamPodSandboxMetricsRequest request,
      StreamObserver<StreamPodSandboxMetricsResponse> observer) {
    Streaming.answer(streamPodSandboxMetrics, request, observer);
  }

  @Override
  public void getContainerEvents(
      GetEventsRequest request, StreamObserver<ContainerEventResponse> observer) {
    Streaming.answer(getContainerEvents, request, observer, GetContainerEvents.IN_FLIGHT_BYTES);
  }
}
