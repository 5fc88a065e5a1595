package io.jcri.daemon.cri.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** OpenTelemetry's variables, as its specification has them. */
class TracingSettingsTest {
  private static final Map<String, String> OWN = Map.of("service.name", "jcri");

  private static TracingSettings of(Map<String, String> environment) {
    return TracingSettings.of(environment, "http://configured:1", 0.25, OWN);
  }

  @Test
  void withoutVariablesTheConfigurationCountsAndTheSpecificationsDefaults() {
    TracingSettings settings = of(Map.of());
    assertThat(settings.target()).isEqualTo("configured:1");
    assertThat(settings.tls()).isFalse();
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.queue()).isEqualTo(2048);
    assertThat(settings.batch()).isEqualTo(512);
    assertThat(settings.delay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.sampler()).isEqualTo(new Sampler(true, 0.25));
    assertThat(settings.resource()).isEqualTo(OWN);
    assertThat(settings.problems()).isEmpty();
  }

  @Test
  void variablesBeatItAndThoseForTracesBeatThoseForAll() {
    TracingSettings settings =
        of(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://[::1]/v1/traces",
                "OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20a+b=, x=1",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "250",
                "OTEL_BSP_EXPORT_TIMEOUT", "2500",
                "OTEL_SERVICE_NAME", "worker-1",
                "OTEL_RESOURCE_ATTRIBUTES", "service.name=beaten,zone=a",
                "OTEL_TRACES_SAMPLER", "traceidratio",
                "OTEL_TRACES_SAMPLER_ARG", "0.5"));
    assertThat(settings.target()).isEqualTo("[::1]:4317");
    assertThat(settings.tls()).isTrue();
    assertThat(settings.headers())
        .containsExactlyInAnyOrderEntriesOf(Map.of("Authorization", "Basic a+b=", "x", "1"));
    assertThat(settings.timeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.patience()).isEqualTo(Duration.ofMillis(2500));
    assertThat(settings.resource())
        .containsExactlyInAnyOrderEntriesOf(Map.of("service.name", "worker-1", "zone", "a"));
    assertThat(settings.sampler()).isEqualTo(new Sampler(false, 0.5));
    assertThat(settings.problems()).isEmpty();
  }

  @Test
  void whatIsWrongIsToldAndTheDefaultCounts() {
    TracingSettings settings =
        of(
            Map.of(
                "OTEL_BSP_MAX_QUEUE_SIZE", "many",
                "OTEL_BSP_SCHEDULE_DELAY", "-1",
                "OTEL_TRACES_SAMPLER", "xray",
                "OTEL_TRACES_SAMPLER_ARG", "7",
                "OTEL_EXPORTER_OTLP_HEADERS", "my-secret"));
    assertThat(settings.queue()).isEqualTo(2048);
    assertThat(settings.delay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.sampler()).isEqualTo(Sampler.USUAL);
    assertThat(settings.problems())
        .hasSize(5)
        .noneMatch(problem -> problem.contains("my-secret"))
        .anyMatch(problem -> problem.contains("OTEL_TRACES_SAMPLER \"xray\""));
  }

  @Test
  void noRequestTakesLongerThanItsSpansHave() {
    assertThat(of(Map.of("OTEL_BSP_EXPORT_TIMEOUT", "70")).timeout())
        .isEqualTo(Duration.ofMillis(70));
    assertThat(of(Map.of()).patience()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void noQueueIsLongerThanItsBoundAndNoBatchThanTheQueue() {
    TracingSettings settings =
        of(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "1000000", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "9999"));
    assertThat(settings.queue()).isEqualTo(2048);
    assertThat(settings.batch()).isEqualTo(2048);
    assertThat(of(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "10")).batch()).isEqualTo(10);
  }
}
