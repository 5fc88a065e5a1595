package io.jcri.daemon.prometheus;

import io.jcri.daemon.core.Meter;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** All that is counted, and its form on the wire. Thread-safe. */
final class Figures {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Meter work;

  /**
   * Nothing is counted yet.
   *
   * @param methods all that may be called of CRI, as gRPC names them
   */
  Figures(NodeState node, Collection<String> methods) {
    this.work = new WorkFigures(registry, methods);
    NodeFigures.register(registry, node);
    ProcessFigures.register(registry);
    JvmFigures.register(registry);
  }

  /** Where the daemon's work is told. */
  Meter work() {
    return work;
  }

  /**
   * Writes what there is now.
   *
   * @param accept what the client would like, as an HTTP header
   * @return the form, as an HTTP header
   */
  String write(@Nullable String accept, OutputStream out) throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(accept);
    writer.write(out, registry.scrape());
    return writer.getContentType();
  }
}
