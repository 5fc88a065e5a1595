package io.jcri.daemon.prometheus;

import io.jcri.daemon.system.BuildInfo;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The process's, by the names that all exporters have. What can't be read is left out. */
final class ProcessFigures {
  private static final Path SELF = Path.of("/proc/self");
  private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
  private static final Pattern SIZE = Pattern.compile("(?m)^VmSize:\\s+(\\d+) kB");
  private static final Pattern FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

  private interface Reading {
    double read() throws IOException;
  }

  private ProcessFigures() {}

  static void register(PrometheusRegistry registry) {
    Info.builder()
        .name("jcri_build_info")
        .help("The version that runs; always 1.")
        .labelNames("version", "java")
        .register(registry)
        .setLabelValues(BuildInfo.version(), Runtime.version().toString());
    ProcessHandle self = ProcessHandle.current();
    double start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L) / 1e3;
    gauge(registry, "process_start_time_seconds", "When the daemon was started.", () -> start);
    CounterWithCallback.builder()
        .name("process_cpu_seconds_total")
        .help("CPU time of the daemon.")
        .callback(each ->
            each.call(self.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9))
        .register(registry);
    gauge(
        registry,
        "process_resident_memory_bytes",
        "Memory of the daemon, with what it shares.",
        () -> number("status", RSS) * 1024);
    gauge(
        registry,
        "process_virtual_memory_bytes",
        "Address space of the daemon.",
        () -> number("status", SIZE) * 1024);
    gauge(registry, "process_open_fds", "Open files of the daemon.", ProcessFigures::openFiles);
    gauge(
        registry,
        "process_max_fds",
        "How many files it may have open.",
        () -> number("limits", FILES));
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, Reading reading) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(each -> {
          try {
            each.call(reading.read());
          } catch (IOException e) {
            // not told
          }
        })
        .register(registry);
  }

  /** Memory of a process, with what it shares; 0 when it has ended. */
  static double residentBytes(long pid) {
    try {
      return number(Path.of("/proc", Long.toString(pid)), "status", RSS) * 1024;
    } catch (IOException e) {
      return 0;
    }
  }

  private static double number(String file, Pattern pattern) throws IOException {
    return number(SELF, file, pattern);
  }

  private static double number(Path process, String file, Pattern pattern) throws IOException {
    Matcher match = pattern.matcher(Files.readString(process.resolve(file)));
    if (!match.find()) {
      throw new IOException(file + " does not tell");
    }
    return Double.parseDouble(match.group(1));
  }

  private static double openFiles() throws IOException {
    try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
      return files.count() - 1; // without the one that lists them
    }
  }
}
