package io.jcri.it.observation;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerStats;
import io.jcri.cri.v1.ContainerStatsFilter;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.NetworkInterfaceUsage;
import io.jcri.cri.v1.NetworkUsage;
import io.jcri.cri.v1.PodSandboxStats;
import io.jcri.cri.v1.PodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxStatus;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamImagesRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxesRequest;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StatsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static ContainerStats stats(TestContainer container) {
    return NODE.cri()
        .runtime()
        .containerStats(ContainerStatsRequest.newBuilder().setContainerId(container.id()).build())
        .getStats();
  }

  @Test
  void aContainersFigures() throws Exception {
    TestContainer container =
        NODE.pod().start("sh", "-c", "dd if=/dev/zero of=/big bs=1M count=3; while :; do :; done");
    Waiting.until(
        PATIENCE,
        () -> stats(container).getCpu().getUsageCoreNanoSeconds().getValue() > 100_000_000,
        () -> "it uses no CPU: " + stats(container));
    ContainerStats stats = stats(container);
    assertThat(stats.getAttributes().getId()).isEqualTo(container.id());
    assertThat(stats.getCpu().getTimestamp()).isPositive();
    assertThat(stats.getCpu().getUsageNanoCores().getValue()).isPositive();
    assertThat(stats.getMemory().getTimestamp()).isPositive();
    assertThat(stats.getMemory().getWorkingSetBytes().getValue()).isPositive();
    assertThat(stats.getMemory().getRssBytes().getValue()).isPositive();
    assertThat(stats.getMemory().getPageFaults().getValue()).isPositive();
    assertThat(stats.getMemory().hasMajorPageFaults()).isTrue();
    assertThat(stats.getWritableLayer().getUsedBytes().getValue()).isGreaterThanOrEqualTo(3 << 20);
    assertThat(stats.getWritableLayer().getInodesUsed().getValue()).isGreaterThanOrEqualTo(2);
    assertThat(Path.of(stats.getWritableLayer().getFsId().getMountpoint())).exists();
    if (Files.exists(Path.of("/proc/pressure/cpu")) && unified()) {
      assertThat(stats.getCpu().hasPsi()).isTrue();
      assertThat(stats.getMemory().hasPsi()).isTrue();
      assertThat(stats.getIo().hasPsi()).isTrue();
    }
    if (swapIsCounted()) {
      assertThat(stats.getSwap().hasSwapUsageBytes()).isTrue();
    }
  }

  private static boolean unified() throws Exception {
    return Files.readString(Path.of("/proc/self/mounts")).contains(" cgroup2 ");
  }

  private static boolean swapIsCounted() throws Exception {
    return Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.usage_in_bytes"));
  }

  @Test
  void whatOneListTellsAnotherTellsInParts() throws Exception {
    TestPod pod = NODE.pod();
    for (int i = 0; i < 5; i++) {
      TestContainer _ = pod.idle();
    }
    ContainerStatsFilter filter =
        ContainerStatsFilter.newBuilder().setPodSandboxId(pod.id()).build();
    List<String> streamed = new ArrayList<>();
    NODE.cri()
        .runtime()
        .streamContainerStats(StreamContainerStatsRequest.newBuilder().setFilter(filter).build())
        .forEachRemaining(part ->
            part.getContainerStatsList().forEach(row -> streamed.add(row.getAttributes().getId())));
    assertThat(streamed)
        .hasSize(5)
        .containsExactlyInAnyOrderElementsOf(
            NODE
                .cri()
                .runtime()
                .listContainerStats(
                    ListContainerStatsRequest.newBuilder().setFilter(filter).build())
                .getStatsList()
                .stream()
                .map(row -> row.getAttributes().getId())
                .toList());
    assertThat(
            NODE.cri()
                .runtime()
                .streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance())
                .next()
                .getPodSandboxes(0)
                .getId())
        .isEqualTo(pod.id());
    assertThat(
            NODE.cri()
                .runtime()
                .streamContainers(StreamContainersRequest.getDefaultInstance())
                .next()
                .getContainers(0)
                .getPodSandboxId())
        .isEqualTo(pod.id());
  }

  @Test
  void imagesInParts() {
    List<io.jcri.cri.v1.Image> streamed = new ArrayList<>();
    NODE.cri()
        .images()
        .streamImages(StreamImagesRequest.getDefaultInstance())
        .forEachRemaining(part -> streamed.addAll(part.getImagesList()));
    assertThat(streamed)
        .isNotEmpty()
        .isEqualTo(
            NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList());
    StreamImagesRequest.Builder none = StreamImagesRequest.newBuilder();
    none.getFilterBuilder().setImage(ImageSpec.newBuilder().setImage("example.com/none:1"));
    assertThat(NODE.cri().images().streamImages(none.build())).isExhausted();
  }

  @Test
  void aPodsFigures() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    PodSandboxStats stats =
        NODE.cri()
            .runtime()
            .podSandboxStats(PodSandboxStatsRequest.newBuilder().setPodSandboxId(pod.id()).build())
            .getStats();
    holdsEth0(stats.getLinux().getNetwork());
    List<PodSandboxStats> streamed = new ArrayList<>();
    StreamPodSandboxStatsRequest.Builder onlyThis = StreamPodSandboxStatsRequest.newBuilder();
    onlyThis.getFilterBuilder().setId(pod.id());
    NODE.cri()
        .runtime()
        .streamPodSandboxStats(onlyThis.build())
        .forEachRemaining(part -> streamed.addAll(part.getPodSandboxStatsList()));
    holdsEth0(streamed.getFirst().getLinux().getNetwork());
    assertThat(stats.getLinux().getContainersList())
        .extracting(row -> row.getAttributes().getId())
        .containsExactly(container.id());
  }

  /** The kubelet's summary has what the list has, and looks at nothing else. */
  private static void holdsEth0(NetworkUsage network) {
    assertThat(network.getTimestamp()).isPositive();
    assertThat(network.getDefaultInterface().getName()).isEqualTo("eth0");
    assertThat(network.getInterfacesList())
        .extracting(NetworkInterfaceUsage::getName)
        .containsExactly("eth0");
  }

  @Test
  void oneThatHasEndedHasNoFiguresButItsRowInLists() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(
        () ->
            NODE.cri()
                .runtime()
                .containerStats(
                    ContainerStatsRequest.newBuilder().setContainerId(ended.id()).build()),
        Status.Code.NOT_FOUND,
        ended.id(),
        "EXITED");
    assertThat(
            NODE.cri()
                .runtime()
                .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                .getStatsList())
        .extracting(row -> row.getAttributes().getId())
        .containsExactly(ended.id());
  }

  @Test
  void onePodsStatusTellsAll() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    PodSandboxStatusResponse reply =
        NODE.cri()
            .runtime()
            .podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.id()).build());
    PodSandboxStatus status = reply.getStatus();
    assertThat(reply.getTimestamp()).isGreaterThan(status.getCreatedAt());
    assertThat(status.getRuntimeHandler()).as("as the request has it").isEmpty();
    assertThat(reply.getContainersStatusesList()).containsExactly(container.status());
  }
}
