package io.jcri.daemon.prometheus;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.util.List;

/** The Java runtime's, by the names that dashboards know. */
final class JvmFigures {
  private static final String HEAP = "heap";
  private static final String OTHER = "nonheap";

  private JvmFigures() {}

  static void register(PrometheusRegistry registry) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Memory in use, of the heap (garbage too) and beside it.")
        .labelNames("area")
        .callback(each -> {
          each.call((double) memory.getHeapMemoryUsage().getUsed(), HEAP);
          each.call((double) memory.getNonHeapMemoryUsage().getUsed(), OTHER);
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_memory_committed_bytes")
        .help("Memory that the kernel has given for it.")
        .labelNames("area")
        .callback(each -> {
          each.call((double) memory.getHeapMemoryUsage().getCommitted(), HEAP);
          each.call((double) memory.getNonHeapMemoryUsage().getCommitted(), OTHER);
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_memory_max_bytes")
        .help("What the heap may grow to.")
        .labelNames("area")
        .callback(each -> {
          MemoryUsage heap = memory.getHeapMemoryUsage();
          each.call((double) heap.getMax(), HEAP);
        })
        .register(registry);
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    SummaryWithCallback.builder()
        .name("jvm_gc_collection_seconds")
        .help("Garbage collections and the time they took.")
        .labelNames("gc")
        .callback(each ->
            collectors.forEach(gc ->
                each.call(
                    gc.getCollectionCount(),
                    gc.getCollectionTime() / 1e3,
                    Quantiles.EMPTY,
                    gc.getName())))
        .register(registry);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    GaugeWithCallback.builder()
        .name("jvm_threads_current")
        .help("Threads of the kernel's; virtual threads are not counted.")
        .callback(each -> each.call(threads.getThreadCount()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_classes_currently_loaded")
        .help("Classes in memory.")
        .callback(
            each -> each.call(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount()))
        .register(registry);
    CounterWithCallback.builder()
        .name("jvm_threads_started_total")
        .help("Threads of the kernel's that were started.")
        .callback(each -> each.call((double) threads.getTotalStartedThreadCount()))
        .register(registry);
  }
}
