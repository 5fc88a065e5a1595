package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cni.CniException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose ports are whose, over deaths of the daemon; with a stand-in for nft. */
final class HostPortsTest {
  private static final String HERE = "/proc/self/ns/net";

  @TempDir Path root;
  private ScriptPlugins programs;
  private ChildProcess processes;
  private ResultCache cache;

  @BeforeEach
  void setUp() throws Exception {
    programs = new ScriptPlugins(root);
    programs.add("nft", Map.of());
    processes = new ChildProcess();
    cache = new ResultCache(root.resolve("cni"));
  }

  @AfterEach
  void tearDown() throws Exception {
    processes.close();
  }

  private HostPorts daemon() {
    return new HostPorts(
        new Nft(processes, List.of(programs.bin())), "t", cache, root.resolve("proc"));
  }

  private String script() throws Exception {
    return Files.readString(programs.records().resolve("nft..stdin"));
  }

  private static List<HostPort> ports(int port) throws CniException {
    return HostPort.of(List.of(new PortMapping(port, 80, "tcp", "")));
  }

  private void record(String id, String netns, int port, boolean complete) throws Exception {
    Network network =
        NetworkParser.parseSingle(
            Json.parseObject("{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"a\"}"), "f");
    Attachment attachment =
        Attachment.of(
                PodNetworkRequest.of(id, Optional.of(Path.of(netns)), "web", "default", "u"), 0)
            .withHostPorts(ports(port));
    cache.write(
        network,
        attachment,
        Optional.of(
            Json.parseObject(
                "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"eth0\",\"sandbox\":\"/x\"}],"
                    + "\"ips\":[{\"address\":\"10.9.0.2/24\",\"interface\":0}]}")),
        complete);
  }

  @Test
  void aPortIsLedFromItsAddressesUntilItsRelease() throws Exception {
    HostPorts daemon = daemon();
    daemon.claim("a", ports(8080));
    assertThat(programs.calls()).as("before there are addresses").isEmpty();
    daemon.lead("a", List.of("10.9.0.2/24"));
    assertThat(script()).contains("tcp dport 8080 dnat to 10.9.0.2:80");
    daemon.release("a");
    daemon.release("a");
    assertThat(script()).doesNotContain("8080").contains("delete table ip t");
    assertThat(programs.calls()).hasSize(2);
  }

  @Test
  void aPortThatWasClaimedIsNobodyElses() throws Exception {
    HostPorts daemon = daemon();
    daemon.claim("a", ports(8080));
    daemon.claim("a", ports(8080));
    assertThatThrownBy(() -> daemon.claim("b", ports(8080)))
        .hasMessage("host port 8080/tcp is that of pod sandbox a")
        .isInstanceOfSatisfying(
            CniException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PORT_TAKEN));
    assertThat(daemon.has("b")).isFalse();
    daemon.release("a");
    daemon.claim("b", ports(8080));
  }

  @Test
  void theNextDaemonLeadsWhatIsRecordedOfPodsThatAreThere() throws Exception {
    record("a", HERE, 8080, true);
    record("half", HERE, 8081, false);
    record("rebooted", "/run/nowhere", 8082, true);
    HostPorts daemon = daemon();
    daemon.start();
    assertThat(script())
        .contains("tcp dport 8080 dnat to 10.9.0.2:80 comment \"pod a\"")
        .doesNotContain("8081")
        .doesNotContain("8082");
    assertThatThrownBy(() -> daemon.claim("b", ports(8080))).hasMessageContaining("sandbox a");
    daemon.claim("c", ports(8082));
    daemon.release("a");
    assertThat(script()).doesNotContain("8080");
  }

  @Test
  void aNewPodBeforeTheStartTakesNoRulesAway() throws Exception {
    record("a", HERE, 8080, true);
    HostPorts daemon = daemon();
    daemon.claim("b", ports(9090));
    daemon.lead("b", List.of("10.9.0.3/24"));
    assertThat(script()).contains("10.9.0.2:80").contains("10.9.0.3:80");
  }

  @Test
  void aDaemonWithoutPortsTakesAwayWhatTheOneBeforeHasLeft() throws Exception {
    daemon().start();
    assertThat(script()).startsWith("table ip t {}\ndelete table ip t\n").doesNotContain("chain");
    programs.add("nft", Map.of("", "exit 1"));
    HostPorts unable = daemon();
    unable.start();
    assertThat(unable.problem()).as("nobody wants any").isEmpty();
    programs.remove("nft");
    HostPorts without = daemon();
    without.start();
    assertThat(without.problem()).isEmpty();
  }

  @Test
  void whatCannotBeSetIsAnErrorAndWhatCannotBeTakenAwayIsTriedAgain() throws Exception {
    HostPorts daemon = daemon();
    daemon.claim("a", ports(8080));
    daemon.lead("a", List.of("10.9.0.2/24"));
    programs.add("nft", Map.of("", "echo 'Error: no' >&2; exit 1"));
    daemon.claim("b", ports(9090));
    assertThatThrownBy(() -> daemon.lead("b", List.of("10.9.0.3/24")))
        .hasMessage(
            "host ports do not lead to pods: nft refused the rules of host ports: Error: no");
    daemon.release("b");
    daemon.release("a");
    assertThat(daemon.problem()).isNotEmpty();
    programs.add("nft", Map.of());
    daemon.renew();
    assertThat(daemon.problem()).isEmpty();
    assertThat(script()).doesNotContain("8080").doesNotContain("9090");
    programs.forgetCalls();
    daemon.renew();
    assertThat(programs.calls()).as("there is nothing to keep").isEmpty();
  }

  @Test
  void rulesThatSomebodyFlushedAreSetAgain() throws Exception {
    HostPorts daemon = daemon();
    daemon.claim("a", ports(8080));
    daemon.lead("a", List.of("10.9.0.2/24"));
    Files.delete(programs.records().resolve("nft..stdin"));
    daemon.renew();
    assertThat(script()).contains("tcp dport 8080 dnat to 10.9.0.2:80");
  }
}
