package io.jcri.daemon.prometheus;

import io.jcri.daemon.core.Meter;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Counts what the daemon does. The words that labels may have are few; those that are alerted on
 * are there from the start, since of a counter that begins with 1 no rate can be told.
 */
final class WorkFigures extends Meter {
  private static final double NANOS = 1e9;
  private static final String OTHER = "other";

  /** From a stage of a pod's start to a call that a kubelet has given up. */
  private static final double[] CALL_BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120
  };

  private static final double[] PULL_BOUNDS = {
    0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600
  };

  private static final List<String> EXITS =
      List.of("Completed", "Error", "OOMKilled", "StartError", "Unknown");

  private final CallFigures calls;
  private final Histogram stages;
  private final Histogram pulls;
  private final Counter received;
  private final Counter workers;
  private final Histogram network;
  private final Counter exits;
  private final Counter commands;
  private final Counter events;
  private final Counter dropped;
  private final Counter spans;

  /**
   * Counts from zero.
   *
   * @param methods all that may be called, as gRPC names them
   */
  WorkFigures(PrometheusRegistry registry, Collection<String> methods) {
    this.calls = new CallFigures(registry, methods, CALL_BOUNDS);
    this.stages =
        histogram(
            registry,
            "jcri_stage_duration_seconds",
            "How long the stages of an operation took.",
            CALL_BOUNDS,
            "operation",
            "stage");
    this.pulls =
        histogram(
            registry,
            "jcri_pull_duration_seconds",
            "Pulls that are over, and how long they took.",
            PULL_BOUNDS,
            "result");
    DistributionDataPoint _ = pulls.labelValues("ok");
    this.received =
        counter(registry, "jcri_pull_received_bytes_total", "Bytes of layers that were fetched.");
    this.workers =
        counter(registry, "jcri_pull_worker_starts_total", "Processes started that pull.");
    this.network =
        histogram(
            registry,
            "jcri_cni_duration_seconds",
            "How long CNI plugins took to let a pod join (add) or leave (del) its networks.",
            CALL_BOUNDS,
            "operation",
            "result");
    this.exits =
        counter(registry, "jcri_container_exits_total", "Containers that have ended.", "reason");
    EXITS.forEach(exits::initLabelValues);
    this.commands =
        counter(registry, "jcri_exec_sync_total", "Commands of ExecSync, probes.", "result");
    List.of("success", "failure", "timeout", "error").forEach(commands::initLabelValues);
    this.events = counter(registry, "jcri_events_total", "Events for subscribers.", "type");
    this.dropped =
        counter(
            registry,
            "jcri_event_subscribers_dropped_total",
            "Subscribers that were too slow, and have missed events.");
    this.spans =
        counter(
            registry,
            "jcri_trace_spans_dropped_total",
            "Spans that the receiver of traces was not sent, or has refused.");
  }

  static Histogram histogram(
      PrometheusRegistry registry, String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(bounds)
        .withoutExemplars()
        .register(registry);
  }

  static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  @Override
  public void called(String method) {
    calls.begin(method);
  }

  @Override
  public void answered(String method, String code, long nanos) {
    calls.end(method, code, nanos / NANOS);
  }

  @Override
  public void stage(String operation, String stage, long nanos) {
    stages.labelValues(operation, stage).observe(nanos / NANOS);
  }

  @Override
  public void pulled(String result, long nanos) {
    pulls.labelValues(lower(result)).observe(nanos / NANOS);
  }

  @Override
  public void received(int bytes) {
    received.inc(bytes);
  }

  @Override
  public void pullWorkerStarted() {
    workers.inc();
  }

  @Override
  public void network(String operation, boolean done, long nanos) {
    network.labelValues(operation, done ? "ok" : "error").observe(nanos / NANOS);
  }

  @Override
  public void exited(String reason) {
    exits.labelValues(EXITS.contains(reason) ? reason : OTHER).inc();
  }

  @Override
  public void commandEnded(String result) {
    commands.labelValues(result).inc();
  }

  @Override
  public void event(String type) {
    events.labelValues(lower(type)).inc();
  }

  @Override
  public void subscriberDropped() {
    dropped.inc();
  }

  @Override
  public void spansDropped(long count) {
    spans.inc(count);
  }
}
