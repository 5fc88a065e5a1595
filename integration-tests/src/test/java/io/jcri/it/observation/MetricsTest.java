package io.jcri.it.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.ListMetricDescriptorsRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.Metric;
import io.jcri.cri.v1.MetricDescriptor;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricsTest {
  /** Of a file system without a block device of its own there is nothing to count. */
  private static final List<String> ONLY_WITH_A_DISK =
      List.of("container_blkio_", "container_fs_reads_", "container_fs_writes_");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static Map<String, MetricDescriptor> descriptors() {
    return NODE
        .cri()
        .runtime()
        .listMetricDescriptors(ListMetricDescriptorsRequest.getDefaultInstance())
        .getDescriptorsList()
        .stream()
        .collect(Collectors.toMap(MetricDescriptor::getName, Function.identity()));
  }

  private static PodSandboxMetrics metrics(TestPod pod) {
    return NODE
        .cri()
        .runtime()
        .listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())
        .getPodMetricsList()
        .stream()
        .filter(row -> row.getPodSandboxId().equals(pod.id()))
        .findFirst()
        .orElseThrow();
  }

  private static TestContainer busy(TestPod pod) {
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "echo hi > /file; sleep 100000 & sleep 100000 & wait");
    config
        .getLinuxBuilder()
        .setResources(
            LinuxContainerResources.newBuilder()
                .setCpuPeriod(100_000)
                .setCpuQuota(20_000)
                .setCpuShares(512)
                .setMemoryLimitInBytes(64 << 20));
    return pod.start(config);
  }

  @Test
  void whatIsNamedIsGiven() throws Exception {
    PodSandboxConfig.Builder config = NODE.podConfig();
    TestPod pod = NODE.pod(config);
    TestContainer container = busy(pod);
    container.sh("until [ -e /file ]; do sleep 0.1; done");
    Map<String, MetricDescriptor> named = descriptors();
    PodSandboxMetrics row = metrics(pod);
    List<Metric> given =
        Stream.concat(
                row.getMetricsList().stream(),
                row.getContainerMetricsList().stream().flatMap(c -> c.getMetricsList().stream()))
            .toList();
    assertThat(given)
        .allSatisfy(metric -> {
          assertThat(named).containsKey(metric.getName());
          assertThat(metric.getLabelValuesList())
              .as(metric.getName())
              .hasSameSizeAs(labelKeys(named, metric.getName()));
        });
    List<String> missing = new ArrayList<>(named.keySet());
    missing.removeAll(given.stream().map(Metric::getName).toList());
    missing.removeIf(name -> ONLY_WITH_A_DISK.stream().anyMatch(name::startsWith));
    assertThat(missing).as("named and not given").isEmpty();
    assertThat(named.values())
        .allSatisfy(descriptor -> {
          assertThat(descriptor.getHelp()).isNotEmpty();
          assertThat(descriptor.getLabelKeysList())
              .startsWith("container", "id", "image", "name", "namespace", "pod");
        });
    assertThat(named).containsKeys("container_threads", "container_oom_events_total");
  }

  /** What the kernel has; a limit of memory alone allows no swap. */
  private static long limitOfMemoryAndSwap(TestContainer container) throws IOException {
    if (Cgroup.unified()) {
      return 64 << 20;
    }
    Path file = Cgroup.file(container, "memory", "memory.memsw.limit_in_bytes", "");
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  @Test
  void aContainersValues() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = busy(pod);
    container.sh("until [ $(pidof sleep | wc -w) = 2 ]; do :; done");
    Map<String, MetricDescriptor> named = descriptors();
    PodSandboxMetrics row = metrics(pod);
    assertThat(row.getContainerMetricsList()).hasSize(1);
    assertThat(row.getContainerMetrics(0).getContainerId()).isEqualTo(container.id());
    List<Metric> metrics = row.getContainerMetrics(0).getMetricsList();
    assertThat(value(metrics, "container_processes")).isEqualTo(3);
    assertThat(value(metrics, "container_threads")).isEqualTo(3);
    assertThat(value(metrics, "container_file_descriptors")).isPositive();
    assertThat(value(metrics, "container_memory_working_set_bytes")).isPositive();
    assertThat(value(metrics, "container_memory_max_usage_bytes"))
        .isGreaterThanOrEqualTo(value(metrics, "container_memory_usage_bytes"));
    assertThat(value(metrics, "container_spec_cpu_quota")).isEqualTo(20_000);
    assertThat(value(metrics, "container_spec_cpu_shares")).isEqualTo(512);
    assertThat(value(metrics, "container_spec_memory_limit_bytes")).isEqualTo(64 << 20);
    assertThat(value(metrics, "container_spec_memory_swap_limit_bytes"))
        .isEqualTo(limitOfMemoryAndSwap(container));
    assertThat(value(metrics, "container_fs_usage_bytes")).isPositive();
    assertThat(value(metrics, "container_fs_limit_bytes")).isPositive();
    assertThat(value(metrics, "container_ulimits_soft")).isPositive();
    assertThat(value(metrics, "container_start_time_seconds")).isPositive();
    assertThat(labels(named, metrics, "container_last_seen"))
        .containsEntry("container", container.status().getMetadata().getName())
        .containsEntry("name", container.id())
        .containsEntry("pod", pod.config().getMetadata().getName())
        .containsEntry("namespace", "it")
        .containsEntry("image", NODE.busybox())
        .hasEntrySatisfying("id", id -> assertThat(id).endsWith(container.id()));
    assertThat(labels(named, row.getMetricsList(), "container_network_receive_bytes_total"))
        .containsEntry("interface", "eth0")
        .containsEntry("container", "")
        .containsEntry("pod", pod.config().getMetadata().getName());
  }

  private static List<String> labelKeys(Map<String, MetricDescriptor> named, String name) {
    return Objects.requireNonNull(named.get(name), name).getLabelKeysList();
  }

  private static long value(List<Metric> metrics, String name) {
    return find(metrics, name).getValue().getValue();
  }

  private static Metric find(List<Metric> metrics, String name) {
    return metrics.stream().filter(m -> m.getName().equals(name)).findFirst().orElseThrow();
  }

  private static Map<String, String> labels(
      Map<String, MetricDescriptor> named, List<Metric> metrics, String name) {
    Map<String, String> labels = new HashMap<>();
    List<String> keys = labelKeys(named, name);
    List<String> values = find(metrics, name).getLabelValuesList();
    for (int i = 0; i < keys.size(); i++) {
      labels.put(keys.get(i), values.get(i));
    }
    return labels;
  }

  @Test
  void eachPodIsStreamedOnce() throws Exception {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(NODE.pod().id());
    }
    List<String> streamed = new ArrayList<>();
    NODE.cri()
        .runtime()
        .streamPodSandboxMetrics(StreamPodSandboxMetricsRequest.getDefaultInstance())
        .forEachRemaining(part ->
            part.getPodSandboxMetricsList().forEach(row -> streamed.add(row.getPodSandboxId())));
    assertThat(streamed).containsExactlyInAnyOrderElementsOf(made);
  }
}
