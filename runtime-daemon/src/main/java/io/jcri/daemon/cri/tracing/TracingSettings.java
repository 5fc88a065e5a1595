package io.jcri.daemon.cri.tracing;

import io.jcri.daemon.budget.Bound;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where spans go, and which: by OpenTelemetry's variables, and where one is missing by the
 * configuration. A value that is wrong is told of, and the default counts, as OpenTelemetry's
 * specification wants it.
 *
 * @param target {@code host:port}
 * @param tls whether the receiver is spoken to by TLS
 * @param certificate whom to trust; the machine's own list when empty
 * @param headers for each request
 * @param timeout of a request
 * @param patience for how long spans are tried to be sent, over all requests
 * @param resource what is said of this process
 * @param queue how many spans wait at most
 * @param batch how many are sent at once at most
 * @param delay how long a span waits for others
 * @param problems what was wrong with the variables
 */
record TracingSettings(
    String target,
    boolean tls,
    Optional<Path> certificate,
    Map<String, String> headers,
    Duration timeout,
    Duration patience,
    Map<String, String> resource,
    Sampler sampler,
    int queue,
    int batch,
    Duration delay,
    List<String> problems) {
  private static final String EXPORTER = "OTEL_EXPORTER_OTLP_";
  private static final int MOST_QUEUED = (int) Bound.TRACE_SPANS.limit();
  private static final int MOST_SENT = 512;
  private static final long DELAY_MILLIS = 5000;
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long PATIENCE_MILLIS = 30_000;
  private static final int LONGEST_MILLIS = 600_000;
  private static final String PORT = "4317";

  /**
   * Reads them.
   *
   * @param endpoint of the configuration, empty when that says nothing
   * @param ratio of the configuration: how many of the traces that begin here are recorded
   */
  static TracingSettings of(
      Map<String, String> environment,
      String endpoint,
      double ratio,
      Map<String, String> ownResource) {
    Reader reader = new Reader(environment);
    String url = reader.ofTraces("ENDPOINT").orElse(endpoint);
    long timeout =
        reader.number(reader.nameOfTraces("TIMEOUT"), 1, LONGEST_MILLIS, (int) TIMEOUT_MILLIS);
    long patience =
        reader.number("OTEL_BSP_EXPORT_TIMEOUT", 1, LONGEST_MILLIS, (int) PATIENCE_MILLIS);
    int queue = reader.number("OTEL_BSP_MAX_QUEUE_SIZE", 1, MOST_QUEUED, MOST_QUEUED);
    return new TracingSettings(
        target(url),
        url.startsWith("https://"),
        reader.ofTraces("CERTIFICATE").map(Path::of),
        reader.pairs(reader.ofTraces("HEADERS"), EXPORTER + "HEADERS"),
        Duration.ofMillis(Math.min(timeout, patience)),
        Duration.ofMillis(patience),
        resource(reader, ownResource),
        sampler(reader, ratio),
        queue,
        Math.min(queue, reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, queue, MOST_SENT)),
        Duration.ofMillis(
            reader.number("OTEL_BSP_SCHEDULE_DELAY", 0, LONGEST_MILLIS, (int) DELAY_MILLIS)),
        List.copyOf(reader.problems));
  }

  /** Without scheme and path, which gRPC has no use for. */
  private static String target(String url) {
    int scheme = url.indexOf("://");
    String rest = scheme < 0 ? url : url.substring(scheme + 3);
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    return host.substring(host.lastIndexOf(']') + 1).contains(":") ? host : host + ":" + PORT;
  }

  private static Map<String, String> resource(Reader reader, Map<String, String> own) {
    Map<String, String> resource = new LinkedHashMap<>(own);
    resource.putAll(
        reader.pairs(reader.text("OTEL_RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES"));
    reader.text("OTEL_SERVICE_NAME").ifPresent(name -> resource.put("service.name", name));
    return resource;
  }

  private static Sampler sampler(Reader reader, double ratio) {
    Optional<String> name = reader.text("OTEL_TRACES_SAMPLER");
    if (name.isEmpty()) {
      return new Sampler(true, ratio);
    }
    double argument = reader.parsed("OTEL_TRACES_SAMPLER_ARG", TracingSettings::ratio).orElse(1.0);
    return Sampler.of(name.get(), argument)
        .orElseGet(() -> {
          reader.problems.add(
              "OTEL_TRACES_SAMPLER \"%s\" is no sampler that jcri has; parentbased_always_on counts"
                  .formatted(name.get()));
          return Sampler.USUAL;
        });
  }

  private static @Nullable Double ratio(String text) {
    double ratio = Double.parseDouble(text);
    return ratio >= 0 && ratio <= 1 ? ratio : null;
  }

  /** Variables with their problems. */
  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    /** One that is empty counts as not set. */
    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(text -> !text.isEmpty());
    }

    /** Of those for traces alone and for all signals, the former. */
    String nameOfTraces(String rest) {
      String own = EXPORTER + "TRACES_" + rest;
      return text(own).isPresent() ? own : EXPORTER + rest;
    }

    Optional<String> ofTraces(String rest) {
      return text(nameOfTraces(rest));
    }

    <T> Optional<T> parsed(String name, Function<String, @Nullable T> parse) {
      Optional<String> text = text(name);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      @Nullable T value;
      try {
        value = parse.apply(text.get());
      } catch (NumberFormatException e) {
        value = null;
      }
      if (value == null) {
        problems.add("%s \"%s\" is not understood; its default counts".formatted(name, text.get()));
      }
      return Optional.ofNullable(value);
    }

    int number(String name, int least, int most, int otherwise) {
      return Reader.this
          .<Integer>parsed(
              name,
              text -> {
                int number = Integer.parseInt(text);
                return number < least ? null : Math.min(number, most);
              })
          .orElse(Math.min(otherwise, most));
    }

    /** Such as {@code key=value,other=%41}, as in W3C's Baggage. */
    Map<String, String> pairs(Optional<String> text, String name) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (String pair : text.map(all -> all.split(",", -1)).orElse(new String[0])) {
        int equals = pair.indexOf('=');
        try {
          if (equals > 0) {
            pairs.put(pair.substring(0, equals).strip(), decoded(pair.substring(equals + 1)));
          } else if (!pair.isBlank()) {
            problems.add(name + " has a part without a value"); // which may be a secret
          }
        } catch (IllegalArgumentException e) {
          problems.add("%s is not understood at %s".formatted(name, pair.substring(0, equals)));
        }
      }
      return pairs;
    }

    /** Of percent signs alone: a plus is a plus. */
    private static String decoded(String value) {
      return URLDecoder.decode(value.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }
}
