package io.jcri.daemon.migrate;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whom traces are sent to: in CRI-O only where they are switched on, in containerd in two tables.
 */
final class TraceKeys {
  private static final String TABLE = "tracing";
  private static final String ENDPOINT = "endpoint";
  private static final String SAMPLES = "samples_per_million";
  private static final long MILLION = 1_000_000;

  private TraceKeys() {}

  /** Carries CRI-O's {@code [crio.tracing]} over. */
  static void ofCrio(Settings settings, Draft draft) {
    Optional<Setting> enabled = settings.take("crio", "tracing", "enable_tracing");
    Optional<Setting> endpoint = settings.take("crio", "tracing", "tracing_endpoint");
    Optional<Setting> rate = settings.take("crio", "tracing", "tracing_sampling_rate_per_million");
    if (enabled.filter(Setting::isTrue).isEmpty()) {
      return; // then the others mean nothing
    }
    Setting source = endpoint.filter(one -> !one.idle()).orElse(enabled.get());
    draft.set(TABLE, ENDPOINT, source.text().isEmpty() ? "127.0.0.1:4317" : source.text(), source);
    // CRI-O's own default is none of its own traces.
    draft.set(TABLE, SAMPLES, rate.map(Setting::value).orElse(0L), rate.orElse(enabled.get()));
  }

  /** Carries containerd's over, which has the receiver in one plugin and the rest in another. */
  static void ofContainerd(Settings settings, Draft draft) {
    String receiver = "io.containerd.tracing.processor.v1.otlp";
    Optional<Setting> endpoint = settings.take("plugins", receiver, ENDPOINT);
    Optional<Setting> protocol = settings.take("plugins", receiver, "protocol");
    Optional<Setting> insecure = settings.take("plugins", receiver, "insecure");
    String other = "io.containerd.internal.v1.tracing";
    Optional<Setting> ratio = settings.take("plugins", other, "sampling_ratio");
    settings
        .take("plugins", other, "service_name")
        .filter(one -> !one.idle() && !one.text().equals("containerd"))
        .ifPresent(one ->
            draft.lose(one, "jcri takes it from the variable OTEL_SERVICE_NAME of its unit"));
    if (endpoint.filter(one -> !one.idle()).isEmpty()) {
      return;
    }
    if (protocol.filter(one -> one.text().equals("grpc")).isEmpty()) {
      draft.lose(
          endpoint.get(),
          "jcri sends traces by OTLP over gRPC: set tracing.endpoint to the port that the receiver"
              + " has for that, 4317 by convention");
      return;
    }
    String url = endpoint.get().text();
    boolean plain = insecure.filter(Setting::isTrue).isPresent();
    draft.set(
        TABLE,
        ENDPOINT,
        url.contains("://") ? url : (plain ? "http://" : "https://") + url,
        endpoint.get());
    ratio.ifPresent(one -> {
      OptionalLong samples = millionths(one.value());
      if (samples.isPresent()) {
        draft.set(TABLE, SAMPLES, samples.getAsLong(), one);
      } else {
        draft.lose(one, "jcri's tracing.samples_per_million has no such value");
      }
    });
  }

  private static OptionalLong millionths(Object ratio) {
    return ratio instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= 1
        ? OptionalLong.of(Math.round(number.doubleValue() * MILLION))
        : OptionalLong.empty();
  }
}
