package io.jcri.it.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.FreePort;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus is told by a daemon at work, and what it makes of it. */
class PrometheusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @AfterEach
  void switchOff() throws IOException {
    NODE.daemon().dropIn().takeBack();
  }

  private static void serve(String address) throws IOException {
    NODE.daemon().dropIn().say("[metrics]\naddress = \"" + address + "\"\n");
  }

  private static String scrape(SocketAddress address) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      int _ = channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  /** A pod whose container has had probes, and that has gone; and a pull that has failed. */
  private static void work() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    assertThat(container.exec("true").exitCode()).isZero();
    assertThat(container.exec("false").exitCode()).isEqualTo(1);
    TestContainer shortLived = pod.start("sh", "-c", "exit 3");
    shortLived.awaitExit();
    pod.remove();
    Throwable failed = catchThrowable(() -> NODE.pull(NODE.registry().hostAndPort() + "/none:1"));
    assertThat(failed).isNotNull();
    NODE.pull(NODE.busybox());
  }

  @Test
  void aUnixSocketTellsWhatTheDaemonDoes() throws IOException {
    Path socket = NODE.daemon().state().resolve("metrics.sock");
    SocketAddress address = UnixDomainSocketAddress.of(socket);
    serve("unix://" + socket);
    work();
    TestPod pod = NODE.pod();
    TestContainer _ = pod.idle();
    assertThat(scrape(address).lines())
        .contains(
            "jcri_pods{state=\"ready\"} 1.0",
            "jcri_containers{state=\"running\"} 1.0",
            "jcri_shims 1.0",
            "jcri_images 1.0",
            "jcri_network_ready 1.0",
            "jcri_cri_calls_total{code=\"OK\",method=\"RunPodSandbox\"} 2.0",
            "jcri_cri_calls_total{code=\"NOT_FOUND\",method=\"PullImage\"} 1.0",
            "jcri_cri_call_duration_seconds_count{method=\"RunPodSandbox\"} 2",
            "jcri_stage_duration_seconds_count{operation=\"RunPodSandbox\",stage=\"network\"} 2",
            "jcri_cni_duration_seconds_count{operation=\"add\",result=\"ok\"} 2",
            "jcri_exec_sync_total{result=\"success\"} 1.0",
            "jcri_exec_sync_total{result=\"failure\"} 1.0",
            "jcri_container_exits_total{reason=\"Error\"} 2.0",
            "jcri_pull_duration_seconds_count{result=\"not_found\"} 1",
            "jcri_pull_duration_seconds_count{result=\"ok\"} 1",
            "jcri_pull_workers 1.0",
            "jcri_trace_spans_dropped_total 0.0",
            "jcri_events_total{type=\"deleted\"} 3.0",
            "jcri_config_last_reload_successful 1.0");
    // A JVM has more than a megabyte, which is written with an exponent.
    assertThat(scrape(address)).containsPattern("jcri_pull_worker_resident_memory_bytes .*E7\n");
    assertThat(scrape(address)).doesNotContain(pod.id()).doesNotContain(pod.config().getHostname());
    NODE.daemon().dropIn().takeBack();
    assertThat(socket).doesNotExist();
  }

  @Test
  void aWrongConfigurationIsTold() throws IOException {
    Path socket = NODE.daemon().state().resolve("metrics.sock");
    serve("unix://" + socket);
    NODE.daemon().dropIn().write("[metrics]\naddress = \"nowhere\"\n");
    assertThat(NODE.daemon().dropIn().reload().exitCode()).isNotZero();
    assertThat(scrape(UnixDomainSocketAddress.of(socket)))
        .contains("\njcri_config_last_reload_successful 0.0\n");
  }

  /** A daemon that was never told to has loaded none of it, and one that was has no thread left. */
  @Test
  void switchedOffNothingOfItIsThere() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().start();
    assertThat(classes()).contains("io.grpc.").doesNotContain("io.prometheus.", " io.netty.");
    serve("unix://" + NODE.daemon().state().resolve("metrics.sock"));
    assertThat(classes()).contains("io.prometheus.", " io.netty.");
    assertThat(threads()).contains("jcri-metrics");
    switchOff();
    assertThat(threads()).isNotEmpty().doesNotContain("jcri-metrics");
  }

  /** Those of which there are objects. */
  private static String classes() throws IOException {
    Path jcmd = Workspace.distribution().resolve("runtime/bin/jcmd");
    String pid = Long.toString(NODE.daemon().process().pid());
    return Command.of(jcmd.toString(), pid, "GC.class_histogram").run().orThrow().out();
  }

  private static List<String> threads() throws IOException {
    List<String> names = new ArrayList<>();
    Path tasks = Path.of("/proc", Long.toString(NODE.daemon().process().pid()), "task");
    try (var all = Files.newDirectoryStream(tasks)) {
      for (Path task : all) {
        names.add(Files.readString(task.resolve("comm")).strip());
      }
    }
    return names;
  }

  private static Path packaged(String file) throws IOException {
    return Workspace.root().resolve("runtime-daemon/packaging/prometheus").resolve(file);
  }

  /** What the dashboard asks for, for all nodes and within the last seconds. */
  private static List<String> dashboard() throws IOException {
    JsonObject dashboard =
        JsonParser.parseString(Files.readString(packaged("jcri-dashboard.json"))).getAsJsonObject();
    List<String> expressions = new ArrayList<>();
    for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
      JsonArray targets = panel.getAsJsonObject().getAsJsonArray("targets");
      for (JsonElement target : targets == null ? new JsonArray() : targets) {
        expressions.add(
            target
                .getAsJsonObject()
                .get("expr")
                .getAsString()
                .replace("$__rate_interval", "60s")
                .replace("$instance", ".*"));
      }
    }
    return expressions;
  }

  @Test
  void prometheusDrawsTheDashboardAndJudgesTheAlerts() throws IOException {
    assumeTrue(PrometheusServer.available(), "Debian's prometheus is not installed");
    String target = "127.0.0.1:" + FreePort.find();
    serve(target);
    work();
    Path rules = packaged("jcri-alerts.yaml");
    try (PrometheusServer prometheus =
        PrometheusServer.start(NODE.scratch().disk().resolve("prometheus"), target, rules)) {
      Waiting.until(
          PATIENCE,
          () -> !prometheus.query("jcri_build_info").isEmpty(),
          () -> "nothing is scraped");
      work();
      assertThat(prometheus.value("up{job=\"jcri\"}")).isEqualTo(1);
      double seen = prometheus.value("scrape_samples_scraped");
      assertThat(seen).isBetween(200.0, 1500.0);
      List<String> expressions = dashboard();
      assertThat(expressions).hasSizeGreaterThan(30);
      for (String expression : expressions) {
        Waiting.until(
            PATIENCE,
            () -> !prometheus.query(expression).isEmpty(),
            () -> "the dashboard would be empty at " + expression);
      }
      Waiting.until(
          PATIENCE,
          () -> prometheus.rules().stream().allMatch(rule -> !health(rule).equals("unknown")),
          () -> "rules are not judged");
      assertThat(prometheus.rules())
          .hasSizeGreaterThan(10)
          .allSatisfy(rule -> {
            assertThat(health(rule)).as(rule.toString()).isEqualTo("ok");
            assertThat(rule.get("state").getAsString()).as(rule.toString()).isNotEqualTo("firing");
          });
    }
  }

  private static String health(JsonObject rule) {
    return rule.get("health").getAsString();
  }

  /** They fire when they should, and not before: by made-up figures. */
  @Test
  void promtoolFindsNoFault() throws IOException {
    assumeTrue(PrometheusServer.available(), "Debian's prometheus is not installed");
    Path socket = NODE.daemon().state().resolve("metrics.sock");
    serve("unix://" + socket);
    work();
    Path text = NODE.scratch().disk().resolve("metrics.txt");
    Files.writeString(text, scrape(UnixDomainSocketAddress.of(socket)));
    Command.Result checked =
        Command.of("sh", "-c", "promtool check metrics < \"$0\"", text.toString()).run();
    assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();
    assertThat(
            Command.of("promtool", "check", "rules", packaged("jcri-alerts.yaml").toString())
                .run()
                .orThrow()
                .out())
        .contains("SUCCESS");
    Path tests = NODE.scratch().disk().resolve("alerts-test.yaml");
    Files.writeString(tests, ALERTS.replace("RULES", packaged("jcri-alerts.yaml").toString()));
    Command.Result tested = Command.of("promtool", "test", "rules", tests.toString()).run();
    assertThat(tested.exitCode()).as(tested.out() + tested.err()).isZero();
  }

  private static final String ALERTS =
      """
      rule_files: ["RULES"]
      evaluation_interval: 1m
      tests:
        - interval: 1m
          input_series:
            - series: 'up{job="jcri",instance="a"}'
              values: '1x5 0x20'
            - series: 'jcri_cri_calls_total{instance="a",method="CreateContainer",code="OK"}'
              values: '0+60x40'
            - series: 'jcri_cri_calls_total{instance="a",method="CreateContainer",code="INTERNAL"}'
              values: '0x10 0+30x30'
            - series: 'jcri_cri_calls_total{instance="a",method="ContainerStatus",code="NOT_FOUND"}'
              values: '0+60x40'
            - series: 'jcri_container_exits_total{instance="a",reason="OOMKilled"}'
              values: '0x10 1 2 3 4x20'
            - series: 'jcri_filesystem_available_bytes{instance="a",filesystem="images"}'
              values: '50x10 5x30'
            - series: 'jcri_filesystem_size_bytes{instance="a",filesystem="images"}'
              values: '100x40'
            - series: 'jcri_filesystem_inodes_free{instance="a",filesystem="state"}'
              values: '0x40'
            - series: 'jcri_filesystem_inodes{instance="a",filesystem="state"}'
              values: '0x40'
          promql_expr_test:
            - {expr: 'ALERTS{alertstate="firing"}', eval_time: 5m}
            - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
              eval_time: 9m
              exp_samples: [{labels: '{alertname="JcriDown"}', value: 1}]
            - expr: 'count by (alertname, method, filesystem) (ALERTS{alertstate="firing"})'
              eval_time: 25m
              exp_samples:
                - {labels: '{alertname="JcriDown"}', value: 1}
                - {labels: '{alertname="JcriCallsFail", method="CreateContainer"}', value: 1}
                - {labels: '{alertname="JcriContainersRunOutOfMemory"}', value: 1}
                - {labels: '{alertname="JcriDiskNearlyFull", filesystem="images"}', value: 1}
      """;
}
