package io.jcri.daemon.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final String RUN = "runtime.v1.RuntimeService/RunPodSandbox";

  private final Figures figures = new Figures(new QuietNode(), List.of(RUN));

  private List<String> lines() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String _ = figures.write(null, out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aCallIsInFlightAndThenCounted() throws IOException {
    figures.work().called(RUN);
    figures.work().called(RUN);
    figures.work().answered(RUN, "OK", 30_000_000);
    assertThat(lines())
        .contains(
            "jcri_cri_calls_in_flight{method=\"RunPodSandbox\"} 1.0",
            "jcri_cri_calls_total{code=\"OK\",method=\"RunPodSandbox\"} 1.0",
            "jcri_cri_call_duration_seconds_bucket{method=\"RunPodSandbox\",le=\"0.025\"} 0",
            "jcri_cri_call_duration_seconds_bucket{method=\"RunPodSandbox\",le=\"0.05\"} 1",
            "jcri_cri_call_duration_seconds_sum{method=\"RunPodSandbox\"} 0.03");
  }

  @Test
  void aClientThatInventsMethodsMakesNothingGrow() throws IOException {
    List<String> before = lines();
    IntStream.range(0, 100)
        .mapToObj(i -> "runtime.v1.RuntimeService/Invented" + i)
        .forEach(method -> {
          figures.work().called(method);
          figures.work().answered(method, "UNIMPLEMENTED", 1);
        });
    List<String> after = lines();
    assertThat(after)
        .contains("jcri_cri_calls_total{code=\"UNIMPLEMENTED\",method=\"other\"} 100.0")
        .noneMatch(line -> line.contains("Invented"));
    assertThat(after.size() - before.size()).isLessThan(30);
  }

  /** Of a counter that begins with 1 no rate can be told. */
  @Test
  void whatIsAlertedOnIsThereFromTheStart() throws IOException {
    assertThat(lines())
        .contains(
            "jcri_container_exits_total{reason=\"OOMKilled\"} 0.0",
            "jcri_exec_sync_total{result=\"timeout\"} 0.0",
            "jcri_event_subscribers_dropped_total 0.0",
            "jcri_pull_duration_seconds_count{result=\"ok\"} 0");
  }

  @Test
  void whatTheDaemonDoesIsCounted() throws IOException {
    figures.work().stage("RunPodSandbox", "network", 2_000_000);
    figures.work().pulled("NOT_FOUND", 1_000_000_000);
    figures.work().received(1000);
    figures.work().received(24);
    figures.work().pullWorkerStarted();
    figures.work().network("add", true, 1);
    figures.work().network("del", false, 1);
    figures.work().exited("OOMKilled");
    figures.work().exited("a reason of another version");
    figures.work().commandEnded("failure");
    figures.work().event("CREATED");
    figures.work().subscriberDropped();
    assertThat(lines())
        .contains(
            "jcri_stage_duration_seconds_count{operation=\"RunPodSandbox\",stage=\"network\"} 1",
            "jcri_pull_duration_seconds_count{result=\"not_found\"} 1",
            "jcri_pull_received_bytes_total 1024.0",
            "jcri_pull_worker_starts_total 1.0",
            "jcri_cni_duration_seconds_count{operation=\"add\",result=\"ok\"} 1",
            "jcri_cni_duration_seconds_count{operation=\"del\",result=\"error\"} 1",
            "jcri_container_exits_total{reason=\"OOMKilled\"} 1.0",
            "jcri_container_exits_total{reason=\"other\"} 1.0",
            "jcri_exec_sync_total{result=\"failure\"} 1.0",
            "jcri_events_total{type=\"created\"} 1.0",
            "jcri_event_subscribers_dropped_total 1.0");
  }

  @Test
  void theNodeIsToldOfAsItIs() throws IOException {
    assertThat(lines())
        .contains(
            "jcri_pods{state=\"ready\"} 2.0",
            "jcri_pods{state=\"not_ready\"} 0.0",
            "jcri_containers{state=\"running\"} 3.0",
            "jcri_network_ready 1.0",
            "jcri_filesystem_available_bytes{filesystem=\"images\"} 50.0",
            "jcri_config_last_reload_successful 1.0",
            "jcri_config_last_reload_success_timestamp_seconds 7.0");
  }
}
