package io.jcri.daemon.prometheus;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** All that is counted, and its form on the wire. Thread-safe. */
final class Figures {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();

  /** Counts from now on. */
  Figures() {
    ProcessFigures.register(registry);
    JvmFigures.register(registry);
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
