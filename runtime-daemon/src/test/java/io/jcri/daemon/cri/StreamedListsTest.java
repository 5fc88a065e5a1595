package io.jcri.daemon.cri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.jcri.cri.v1.ContainerFilter;
import io.jcri.cri.v1.ContainerStateValue;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamImagesRequest;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxesRequest;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.cri.container.ContainerCalls;
import io.jcri.daemon.cri.image.ImageCalls;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.cri.observe.ObservationCalls;
import io.jcri.daemon.cri.pod.PodCalls;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.PublishedEventsFile;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The streamed lists of a node with 10,000 objects of each kind, over a real socket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamedListsTest {
  private static final int PART = 64;

  @TempDir static Path directory;
  Served served;

  @BeforeAll
  void serve() throws Exception {
    LargeNode node = LargeNode.in(directory);
    Events events =
        new Events(PublishedEventsFile.open(directory.resolve("events"), "boot"), Clock.system());
    DaemonConfig config = DaemonConfig.defaults();
    Layout layout = new Layout(directory, directory);
    NodeFacts facts = MadeUpNode.with(CgroupDriver.CGROUPFS);
    Handlers handlers = Handlers.find(config, layout, facts, directory);
    served =
        new Served(
            directory,
            CriServices.runtime(
                new PodCalls(handlers, node.pods(), node.containers(), events),
                new ContainerCalls(
                    node.pods(), node.containers(), new VerboseInfo(layout, () -> config, facts)),
                new ObservationCalls(
                    node.pods(),
                    node.containers(),
                    node.stats(),
                    node.metrics(),
                    node.images(),
                    events)),
            CriServices.images(new ImageCalls(node.images(), handlers, Clock.system())));
  }

  @AfterAll
  void stop() throws Exception {
    served.close();
  }

  /** All rows; the first comes alone, and no part is empty or large. */
  private static <P, R extends Message> List<R> rows(
      Iterator<P> parts, Function<P, List<R>> rowsOf) {
    List<R> all = new ArrayList<>();
    while (parts.hasNext()) {
      List<R> part = rowsOf.apply(parts.next());
      assertThat(part).hasSizeBetween(1, all.isEmpty() ? 1 : PART);
      all.addAll(part);
    }
    return all;
  }

  @Test
  void pods() {
    assertThat(
            rows(
                served.runtime().streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance()),
                part -> part.getPodSandboxesList()))
        .hasSize(LargeNode.OBJECTS)
        .isEqualTo(
            served
                .runtime()
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                .getItemsList());
  }

  @Test
  void containers() {
    assertThat(
            rows(
                served.runtime().streamContainers(StreamContainersRequest.getDefaultInstance()),
                part -> part.getContainersList()))
        .hasSize(LargeNode.OBJECTS)
        .isEqualTo(
            served
                .runtime()
                .listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersList());
  }

  @Test
  void images() {
    assertThat(
            rows(
                served.images().streamImages(StreamImagesRequest.getDefaultInstance()),
                part -> part.getImagesList()))
        .hasSize(LargeNode.OBJECTS)
        .isEqualTo(
            served.images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList());
  }

  @Test
  void filteredContainers() {
    ContainerFilter filter =
        ContainerFilter.newBuilder()
            .setPodSandboxId("pod0001")
            .setState(
                ContainerStateValue.newBuilder()
                    .setState(io.jcri.cri.v1.ContainerState.CONTAINER_EXITED))
            .build();
    assertThat(
            rows(
                served
                    .runtime()
                    .streamContainers(
                        StreamContainersRequest.newBuilder().setFilter(filter).build()),
                part -> part.getContainersList()))
        .extracting(io.jcri.cri.v1.Container::getId)
        .containsExactly(
            "container00019",
            "container00017",
            "container00015",
            "container00013",
            "container00011");
  }

  @Test
  void nothingIsAStreamWithoutParts() {
    assertThat(
            served
                .runtime()
                .streamContainers(
                    StreamContainersRequest.newBuilder()
                        .setFilter(ContainerFilter.newBuilder().setId("none"))
                        .build()))
        .isExhausted();
  }

  @Test
  void containerStats() {
    assertThat(
            rows(
                served
                    .runtime()
                    .streamContainerStats(StreamContainerStatsRequest.getDefaultInstance()),
                part -> part.getContainerStatsList()))
        .extracting(stats -> stats.getAttributes().getId())
        .doesNotHaveDuplicates()
        .hasSize(LargeNode.OBJECTS)
        .containsAll(
            served
                .runtime()
                .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                .getStatsList()
                .stream()
                .map(stats -> stats.getAttributes().getId())
                .toList());
  }

  @Test
  void podStats() {
    List<io.jcri.cri.v1.PodSandboxStats> streamed =
        rows(
            served
                .runtime()
                .streamPodSandboxStats(StreamPodSandboxStatsRequest.getDefaultInstance()),
            part -> part.getPodSandboxStatsList());
    assertThat(streamed)
        .extracting(stats -> stats.getAttributes().getId())
        .doesNotHaveDuplicates()
        .hasSize(LargeNode.OBJECTS)
        .containsAll(
            served
                .runtime()
                .listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())
                .getStatsList()
                .stream()
                .map(stats -> stats.getAttributes().getId())
                .toList());
    assertThat(streamed.stream().mapToInt(stats -> stats.getLinux().getContainersCount()).sum())
        .isEqualTo(LargeNode.OBJECTS);
  }

  @Test
  void metrics() {
    List<PodSandboxMetrics> streamed =
        rows(
            served
                .runtime()
                .streamPodSandboxMetrics(StreamPodSandboxMetricsRequest.getDefaultInstance()),
            part -> part.getPodSandboxMetricsList());
    assertThat(streamed)
        .extracting(PodSandboxMetrics::getPodSandboxId)
        .doesNotHaveDuplicates()
        .hasSize(LargeNode.OBJECTS)
        .containsAll(
            served
                .runtime()
                .listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())
                .getPodMetricsList()
                .stream()
                .map(PodSandboxMetrics::getPodSandboxId)
                .toList());
    assertThat(streamed.stream().mapToInt(PodSandboxMetrics::getContainerMetricsCount).sum())
        .isEqualTo(LargeNode.OBJECTS);
  }
}
