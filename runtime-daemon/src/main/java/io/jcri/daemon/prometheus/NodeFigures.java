package io.jcri.daemon.prometheus;

import io.jcri.sandbox.linux.Reasons;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the node has, asked for at each scrape. */
final class NodeFigures {
  private static final Logger log = LoggerFactory.getLogger(NodeFigures.class);

  private final PrometheusRegistry registry;
  private final NodeState node;

  private NodeFigures(PrometheusRegistry registry, NodeState node) {
    this.registry = registry;
    this.node = node;
  }

  static void register(PrometheusRegistry registry, NodeState node) {
    NodeFigures figures = new NodeFigures(registry, node);
    figures.objects();
    figures.queues();
    figures.disk();
    figures.configuration();
  }

  private void objects() {
    states("jcri_pods", "Pods by state.", node::pods);
    states("jcri_containers", "Containers by state.", node::containers);
    gauge("jcri_shims", "Shims of containers that the daemon is connected to.", node::shims);
    gauge("jcri_images", "Images on the node.", node::images);
    gauge(
        "jcri_network_ready",
        "Whether pods can join the network, 1 or 0.",
        () -> node.networkReady() ? 1 : 0);
  }

  private void queues() {
    gauge("jcri_pulls_in_progress", "Pulls under way.", node::pulls);
    gauge(
        "jcri_pull_workers",
        "Processes that pull, or wait for more to pull.",
        () -> node.pullWorkers().size());
    gauge(
        "jcri_pull_worker_resident_memory_bytes",
        "Memory of these, with what they share.",
        () -> node.pullWorkers().stream().mapToDouble(ProcessFigures::residentBytes).sum());
    gauge(
        "jcri_streaming_sessions",
        "Exec, attach and port-forward sessions that stream.",
        node::sessions);
    gauge("jcri_event_subscribers", "Who listens to events.", node::eventSubscribers);
    gauge(
        "jcri_event_queue_longest",
        "Events that the slowest subscriber has not taken yet.",
        node::longestEventQueue);
  }

  private void disk() {
    gauge("jcri_image_store_bytes", "What images take on disk.", node::imageBytes);
    fileSystems("jcri_filesystem_size_bytes", "Size of a file system.", fs -> fs.bytes());
    fileSystems("jcri_filesystem_available_bytes", "What is free there.", fs -> fs.available());
    fileSystems("jcri_filesystem_inodes", "How many inodes it has.", fs -> fs.inodes());
    fileSystems("jcri_filesystem_inodes_free", "How many are free.", fs -> fs.freeInodes());
  }

  private void configuration() {
    gauge(
        "jcri_config_last_reload_successful",
        "Whether the configuration was in order when it was last read, 1 or 0.",
        () -> node.configGood() ? 1 : 0);
    gauge(
        "jcri_config_last_reload_success_timestamp_seconds",
        "When it was last read and in order.",
        () -> node.configGoodAt().toEpochMilli() / 1e3);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(each -> each.call(value.getAsDouble()))
        .register(registry);
  }

  private void states(String name, String help, Supplier<Map<String, Integer>> counts) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("state")
        .callback(each -> counts.get().forEach((state, count) -> each.call(count, state)))
        .register(registry);
  }

  private void fileSystems(
      String name, String help, ToDoubleFunction<NodeState.FileSystem> figure) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("filesystem")
        .callback(each -> {
          try {
            node.fileSystems().forEach((what, fs) -> each.call(figure.applyAsDouble(fs), what));
          } catch (IOException e) {
            log.debug("a file system is not told of: {}", Reasons.of(e));
          }
        })
        .register(registry);
  }
}
