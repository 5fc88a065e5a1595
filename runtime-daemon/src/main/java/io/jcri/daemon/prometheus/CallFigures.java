package io.jcri.daemon.prometheus;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Calls of CRI. A call costs one look-up and the increments; a client that invents methods makes
 * nothing grow. Thread-safe.
 */
final class CallFigures {
  private static final String OTHER = "other";

  private final Counter answers;
  private final Histogram durations;
  private final Map<String, Method> methods = new HashMap<>();
  private final Method other;

  CallFigures(PrometheusRegistry registry, Collection<String> methods, double[] bounds) {
    this.answers =
        WorkFigures.counter(
            registry,
            "jcri_cri_calls_total",
            "Calls that are over, by method and gRPC's code.",
            "method",
            "code");
    this.durations =
        WorkFigures.histogram(
            registry,
            "jcri_cri_call_duration_seconds",
            "How long calls took, from their request to the last of their answer.",
            bounds,
            "method");
    methods.forEach(method -> this.methods.put(method, new Method(bare(method))));
    this.other = new Method(OTHER);
    GaugeWithCallback.builder()
        .name("jcri_cri_calls_in_flight")
        .help("Calls in progress, streams too; of methods that were called.")
        .labelNames("method")
        .callback(each -> {
          this.methods.values().forEach(method -> method.tell(each));
          other.tell(each);
        })
        .register(registry);
  }

  private static String bare(String method) {
    return method.substring(method.lastIndexOf('/') + 1);
  }

  void begin(String method) {
    methods.getOrDefault(method, other).begin();
  }

  void end(String method, String code, double seconds) {
    methods.getOrDefault(method, other).end(code, seconds);
  }

  private final class Method {
    private final String name;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final Map<String, CounterDataPoint> codes = new ConcurrentHashMap<>();

    /** Made with the first call: most methods are never called. */
    private volatile @Nullable DistributionDataPoint duration;

    Method(String name) {
      this.name = name;
    }

    void begin() {
      begun.increment();
    }

    void end(String code, double seconds) {
      CounterDataPoint counter = codes.get(code);
      if (counter == null) {
        counter = codes.computeIfAbsent(code, _ -> answers.labelValues(name, code));
      }
      counter.inc();
      DistributionDataPoint observed = duration;
      if (observed == null) {
        observed = durations.labelValues(name);
        duration = observed;
      }
      observed.observe(seconds);
      ended.increment();
    }

    void tell(GaugeWithCallback.Callback each) {
      long over = ended.sum(); // first, or there could be less than none
      long all = begun.sum();
      if (all > 0) {
        each.call((double) (all - over), name);
      }
    }
  }
}
