package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** jcri check on this machine, as it is and with what a test breaks. */
class CheckCommandTest {
  private Scratch scratch;
  private Path networks;
  private Path plugins;

  @BeforeEach
  void configure() throws IOException {
    scratch = Scratch.create();
    networks = Files.createDirectory(scratch.disk().resolve("net.d"));
    plugins = Files.createDirectory(scratch.disk().resolve("plugins"));
    for (String plugin : List.of("bridge", "host-local")) {
      Files.createSymbolicLink(plugins.resolve(plugin), CniNetwork.PLUGINS.resolve(plugin));
    }
    Files.writeString(
        networks.resolve("10-a.conflist"),
        """
        {"cniVersion": "1.0.0", "name": "a", "plugins": [
          {"type": "bridge", "ipam": {"type": "host-local"}}]}
        """);
    Files.writeString(
        scratch.disk().resolve("config.toml"),
        """
        root = "DISK/root"
        state = "STATE"
        socket = "STATE/jcri.sock"
        [network]
        configurations = "DISK/net.d"
        plugins = ["DISK/plugins"]
        """
            .replace("DISK", scratch.disk().toString())
            .replace("STATE", scratch.state().toString()));
  }

  @AfterEach
  void delete() throws IOException {
    scratch.close();
  }

  private Command.Result check(String... more) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Workspace.distribution().resolve("bin/jcri").toString());
    line.addAll(List.of("check", "--config", scratch.disk().resolve("config.toml").toString()));
    line.addAll(List.of(more));
    return Command.of(line).run();
  }

  private Map<String, JsonObject> findings(Command.Result result) {
    JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
    assertThat(report.get("good").getAsBoolean()).isEqualTo(result.exitCode() == 0);
    Map<String, JsonObject> byName = new TreeMap<>();
    for (JsonElement each : report.getAsJsonArray("checks")) {
      JsonObject found = each.getAsJsonObject();
      assertThat(byName.put(found.get("name").getAsString(), found)).as("" + found).isNull();
      String verdict = found.get("verdict").getAsString();
      assertThat(found.has("remedy"))
          .as("" + found)
          .isEqualTo(verdict.equals("WARN") || verdict.equals("FAIL"));
    }
    return byName;
  }

  private static String told(Map<String, JsonObject> findings, String name, String key) {
    return Objects.requireNonNull(findings.get(name), name).get(key).getAsString();
  }

  private static String verdict(Map<String, JsonObject> findings, String name) {
    return told(findings, name, "verdict");
  }

  @Test
  void thisMachineCanRunPods() throws IOException {
    Path kubelet =
        Files.writeString(
            scratch.disk().resolve("kubelet.yaml"),
            "failSwapOn: false\ncontainerRuntimeEndpoint: unix://"
                + scratch.state()
                + "/jcri.sock\n");
    Command.Result result = check("-o", "json", "--kubelet-config", kubelet.toString());
    Map<String, JsonObject> findings = findings(result);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(verdict(findings, "kernel.overlay")).isEqualTo("OK");
    assertThat(verdict(findings, "network.plugins")).isEqualTo("OK");
    assertThat(verdict(findings, "kubelet.endpoint")).isEqualTo("OK");
    assertThat(verdict(findings, "ports.cri")).as("no daemon runs").isEqualTo("WARN");
    assertThat(told(findings, "network.configuration", "seen"))
        .isEqualTo("pods get a from " + networks.resolve("10-a.conflist"));
    assertThat(
            JsonParser.parseString(result.out())
                .getAsJsonObject()
                .getAsJsonObject("facts")
                .keySet())
        .contains("cgroups", "kernel", "runtimes");
  }

  @Test
  void whatIsBrokenFailsWithARemedy() throws IOException {
    Files.delete(plugins.resolve("host-local"));
    Path kubelet =
        Files.writeString(
            scratch.disk().resolve("kubelet.yaml"),
            "containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n");
    Command.Result json = check("-o", "json", "--kubelet-config", kubelet.toString());
    assertThat(json.exitCode()).isEqualTo(1);
    Map<String, JsonObject> findings = findings(json);
    assertThat(verdict(findings, "network.plugins")).isEqualTo("FAIL");
    assertThat(verdict(findings, "kubelet.endpoint")).isEqualTo("FAIL");

    Command.Result table = check("--kubelet-config", kubelet.toString());
    assertThat(table.exitCode()).isEqualTo(1);
    assertThat(table.out())
        .containsPattern("network.plugins +FAIL +host-local missing in ")
        .containsPattern("\n +→ Install them: apt install containernetworking-plugins")
        .containsPattern(
            "kubelet.endpoint +FAIL +unix:///run/containerd/containerd.sock is not jcri")
        .contains("→ Set containerRuntimeEndpoint: unix://" + scratch.state() + "/jcri.sock in ")
        .doesNotContain("\033");
    assertThat(table.out().strip().lines().reduce((a, b) -> b).orElseThrow())
        .matches("[2-9] failures, .* warnings?");
  }

  @Test
  void aWrongCommandLineHasTheStatus2() throws IOException {
    assertThat(check("--kubelet-config", "/nowhere").exitCode()).isEqualTo(2);
    assertThat(check("--wrong").exitCode()).isEqualTo(2);
  }
}
