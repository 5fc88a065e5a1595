package io.jcri.daemon.cri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainerStatsResponse;
import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamContainersResponse;
import io.jcri.cri.v1.StreamImagesRequest;
import io.jcri.cri.v1.StreamImagesResponse;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.cri.v1.StreamPodSandboxMetricsResponse;
import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsResponse;
import io.jcri.cri.v1.StreamPodSandboxesRequest;
import io.jcri.cri.v1.StreamPodSandboxesResponse;
import io.jcri.daemon.cri.call.StreamCall;
import io.jcri.daemon.cri.call.Streaming;
import io.jcri.daemon.cri.container.ListContainers;
import io.jcri.daemon.cri.container.StreamContainers;
import io.jcri.daemon.cri.image.ListImages;
import io.jcri.daemon.cri.image.StreamImages;
import io.jcri.daemon.cri.observe.ListContainerStats;
import io.jcri.daemon.cri.observe.ListPodSandboxMetrics;
import io.jcri.daemon.cri.observe.ListPodSandboxStats;
import io.jcri.daemon.cri.observe.MetricsCollection;
import io.jcri.daemon.cri.observe.StatsCollection;
import io.jcri.daemon.cri.observe.StreamContainerStats;
import io.jcri.daemon.cri.observe.StreamPodSandboxMetrics;
import io.jcri.daemon.cri.observe.StreamPodSandboxStats;
import io.jcri.daemon.cri.pod.ListPodSandbox;
import io.jcri.daemon.cri.pod.StreamPodSandboxes;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streamed lists of 10,000 rows make each row when its turn comes and keep none: at any moment
 * no more of them are in the heap than belong to two parts, and the heap does not grow on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamedMemoryTest {
  private static final Logger log = LoggerFactory.getLogger(StreamedMemoryTest.class);

  /** Of two parts: one on its way, one in the making. */
  private static final int MOST_ROWS = 2 * 64;

  @TempDir static Path directory;
  LargeNode node;

  @BeforeAll
  void fill() throws Exception {
    node = LargeNode.in(directory);
  }

  private StatsCollection stats() {
    return new StatsCollection(node.pods(), node.containers(), node.stats(), node.images());
  }

  private MetricsCollection measured() {
    return new MetricsCollection(node.pods(), node.containers(), node.metrics());
  }

  @Test
  void pods() throws Exception {
    assertFlat(
        io.jcri.cri.v1.PodSandbox.class,
        () -> new ListPodSandbox(node.pods()).handle(ListPodSandboxRequest.getDefaultInstance()),
        new StreamPodSandboxes(node.pods()),
        StreamPodSandboxesRequest.getDefaultInstance(),
        StreamPodSandboxesResponse::getPodSandboxesCount);
  }

  @Test
  void containers() throws Exception {
    assertFlat(
        io.jcri.cri.v1.Container.class,
        () ->
            new ListContainers(node.containers())
                .handle(ListContainersRequest.getDefaultInstance()),
        new StreamContainers(node.containers()),
        StreamContainersRequest.getDefaultInstance(),
        StreamContainersResponse::getContainersCount);
  }

  @Test
  void images() throws Exception {
    assertFlat(
        io.jcri.cri.v1.Image.class,
        () -> new ListImages(node.images()).handle(ListImagesRequest.getDefaultInstance()),
        new StreamImages(node.images()),
        StreamImagesRequest.getDefaultInstance(),
        StreamImagesResponse::getImagesCount);
  }

  @Test
  void containerStats() throws Exception {
    assertFlat(
        io.jcri.cri.v1.ContainerStats.class,
        () ->
            new ListContainerStats(stats()).handle(ListContainerStatsRequest.getDefaultInstance()),
        new StreamContainerStats(stats()),
        StreamContainerStatsRequest.getDefaultInstance(),
        StreamContainerStatsResponse::getContainerStatsCount);
  }

  @Test
  void podStats() throws Exception {
    assertFlat(
        io.jcri.cri.v1.PodSandboxStats.class,
        () ->
            new ListPodSandboxStats(stats())
                .handle(ListPodSandboxStatsRequest.getDefaultInstance()),
        new StreamPodSandboxStats(stats()),
        StreamPodSandboxStatsRequest.getDefaultInstance(),
        StreamPodSandboxStatsResponse::getPodSandboxStatsCount);
  }

  @Test
  void metrics() throws Exception {
    assertFlat(
        PodSandboxMetrics.class,
        () ->
            new ListPodSandboxMetrics(measured())
                .handle(ListPodSandboxMetricsRequest.getDefaultInstance()),
        new StreamPodSandboxMetrics(measured()),
        StreamPodSandboxMetricsRequest.getDefaultInstance(),
        StreamPodSandboxMetricsResponse::getPodSandboxMetricsCount);
  }

  private interface WholeList {
    Message make() throws Exception;
  }

  /** What all rows take when they are there at once; it shows, too, that the counting counts. */
  private static long bytesAtOnce(Class<? extends Message> row, WholeList list) throws Exception {
    LiveHeap full = heapWith(list.make(), row);
    assertThat(full.instances()).isGreaterThanOrEqualTo(LargeNode.OBJECTS);
    return full.bytes() - LiveHeap.now(row).bytes();
  }

  /** Whatever the call does without being asked it has done by then. */
  private static LiveHeap whileIdle(Sluice<?> caller, Class<?> row) throws InterruptedException {
    caller.awaitIdle();
    return LiveHeap.now(row);
  }

  private static LiveHeap heapWith(Message all, Class<?> row) {
    try {
      return LiveHeap.now(row);
    } finally {
      Reference.reachabilityFence(all);
    }
  }

  /**
   * Takes a list part by part, and looks at the heap while the call waits for its caller.
   *
   * @param <Q> the request
   * @param <P> a part
   */
  private static <Q, P> void assertFlat(
      Class<? extends Message> row,
      WholeList list,
      StreamCall<Q, P> call,
      Q request,
      ToIntFunction<P> rowsOf)
      throws Exception {
    long atOnce = bytesAtOnce(row, list);
    LiveHeap before = LiveHeap.now(row);
    Sluice<P> caller = new Sluice<>();
    Streaming.answer("Streamed", call, request, caller);
    int rows = rowsOf.applyAsInt(caller.take());
    assertThat(rows).as("the first row comes alone").isEqualTo(1);
    LiveHeap first = whileIdle(caller, row);
    LiveHeap most = first;
    for (int stop : new int[] {LargeNode.OBJECTS / 2, LargeNode.OBJECTS - 100}) {
      while (rows < stop) {
        rows += rowsOf.applyAsInt(caller.take());
      }
      LiveHeap now = whileIdle(caller, row);
      assertThat(now.instances() - before.instances()).as("rows at %d", rows).isLessThan(MOST_ROWS);
      most = now.bytes() > most.bytes() ? now : most;
    }
    log.info(
        "{} of {}: {} KiB at once; streamed {} KiB at the first row and {} KiB more at most",
        LargeNode.OBJECTS,
        row.getSimpleName(),
        atOnce >> 10,
        (first.bytes() - before.bytes()) >> 10,
        (most.bytes() - first.bytes()) >> 10);
    assertThat(first.instances() - before.instances())
        .as("rows at the first")
        .isLessThan(MOST_ROWS);
    assertThat(most.bytes() - first.bytes())
        .as("bytes more than at the first row, of %d at once", atOnce)
        .isLessThan(atOnce / 8);
    assertThat(most.bytes() - before.bytes())
        .as("bytes more than without the call, of %d at once", atOnce)
        .isLessThan(atOnce / 4);
    while (rows < LargeNode.OBJECTS) {
      rows += rowsOf.applyAsInt(caller.take());
    }
    caller.awaitEnd();
    assertThat(rows).isEqualTo(LargeNode.OBJECTS);
  }
}
