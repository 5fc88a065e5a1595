package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.FAIL;
import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcri.cni.CniException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of calls, what plugins are told, and that whatever was begun is undone. */
final class CniChainTest {
  private static final String A = "{\"type\":\"a\",\"own\":1}";
  private static final String B =
      "{\"type\":\"b\",\"capabilities\":{\"portMappings\":true,\"dns\":true}}";

  @TempDir Path root;
  private TestNode node;
  private ScriptPlugins plugins;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    plugins = node.plugins;
    plugins.add("a", Map.of("ADD", RESULT));
    plugins.add("b", Map.of("ADD", RESULT));
    node.conflist("1.0.0", A, B);
  }

  @Test
  void runsTheChainForwardsAndUndoesItBackwards() throws Exception {
    try (Cni cni = node.open()) {
      PodNetworkRequest pod =
          TestNode.pod("s1").withPortMappings(List.of(new PortMapping(80, 8080, "tcp", "")));
      PodNetwork network = cni.attach(pod);
      assertThat(network.primaryIp()).isEqualTo("10.9.0.2");
      assertThat(network.additionalIps()).isEmpty();
      assertThat(network.networkName()).isEqualTo("net");
      assertThat(network.resultJson()).contains("\"cniVersion\":\"1.0.0\"");
      cni.check(pod);
      cni.detach(pod);
    }
    assertThat(plugins.calls())
        .containsExactly("ADD a", "ADD b", "CHECK a", "CHECK b", "DEL b", "DEL a");
    assertThat(plugins.stdin("a", "ADD"))
        .isEqualTo(
            Json.parseObject(
                "{\"type\":\"a\",\"own\":1,\"name\":\"net\",\"cniVersion\":\"1.0.0\"}"));
    assertThat(Json.write(plugins.stdin("b", "ADD").get("runtimeConfig")))
        .isEqualTo(
            "{\"portMappings\":[{\"hostPort\":80,\"containerPort\":8080,\"protocol\":\"tcp\"}]}");
    assertThat(plugins.stdin("b", "ADD").has("prevResult")).isTrue();
    for (String verb : List.of("CHECK", "DEL")) {
      assertThat(plugins.stdin("a", verb).has("prevResult")).as(verb).isTrue();
      assertThat(plugins.stdin("b", verb).has("prevResult")).as(verb).isTrue();
    }
    assertThat(plugins.environment("a", "ADD"))
        .contains(
            "CNI_COMMAND=ADD",
            "CNI_CONTAINERID=s1",
            "CNI_NETNS=/proc/self/ns/net",
            "CNI_IFNAME=eth0",
            "CNI_PATH=" + plugins.bin(),
            "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;"
                + "K8S_POD_INFRA_CONTAINER_ID=s1;K8S_POD_UID=uid-1");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void aFailedAddIsUndoneByEveryPluginAndNamed() throws Exception {
    plugins.add("b", Map.of("ADD", FAIL));
    try (Cni cni = node.open()) {
      CniException e =
          catchThrowableOfType(CniException.class, () -> cni.attach(TestNode.pod("s1")));
      assertThat(e).hasMessage("cni plugin b failed to ADD network net: no luck; really (code 11)");
      assertThat(e.plugin()).isEqualTo("b");
      assertThat(e.verb()).isEqualTo("ADD");
      assertThat(e.code()).isEqualTo(11);
      assertThat(e.reason()).isEqualTo(Reason.PLUGIN_FAILED);
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "ADD b", "DEL b", "DEL a");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void anAddThatCannotBeUndoneHoldsNoPodAndIsTriedAgain() throws Exception {
    plugins.add("a", Map.of("ADD", RESULT, "DEL", "echo out of order >&2; exit 7"));
    plugins.add("b", Map.of("ADD", FAIL));
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessageContaining("plugin b")
          .satisfies(e ->
              assertThat(e.getSuppressed()[0])
                  .hasMessage(
                      "cni plugin a failed to DEL network net: out of order (exit code 7)"));
      cni.detach(TestNode.pod("s1"));
      cni.finishUndone();
      assertThat(node.cacheFile("net", "s1")).exists();
      plugins.add("a", Map.of());
      Files.delete(node.confDir.resolve("10-net.conflist"));
      plugins.forgetCalls();
      cni.finishUndone();
      assertThat(node.cacheFile("net", "s1")).doesNotExist();
      assertThat(plugins.calls()).containsExactly("DEL b", "DEL a");
      assertThat(plugins.stdin("a", "DEL").has("prevResult")).isTrue();
      cni.finishUndone();
      assertThat(plugins.calls()).hasSize(2);
    }
  }

  @Test
  void aPodThatHadItsNetworkStaysUntilItIsUndone() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      plugins.add("a", Map.of("ADD", RESULT, "DEL", FAIL));
      assertThatThrownBy(() -> cni.detach(TestNode.pod("s1")))
          .hasMessageContaining("plugin a failed to DEL network net: no luck; really (code 11)");
      cni.finishUndone();
      assertThat(node.cacheFile("net", "s1")).exists();
      plugins.add("a", Map.of());
      cni.detach(TestNode.pod("s1"));
      assertThat(node.cacheFile("net", "s1")).doesNotExist();
    }
  }

  @Test
  void aNameThatNoPluginCanBeToldKeepsNobodyFromLeaving() throws Exception {
    PodNetworkRequest pod =
        PodNetworkRequest.of(
            "s1",
            Optional.of(Path.of("/proc/self/ns/net")),
            "we\0b;K8S_POD_NAME=other",
            "n".repeat(200_000),
            "uid-1");
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(pod)).hasMessageContaining("network argument");
      cni.detach(pod);
    }
    assertThat(plugins.calls()).containsExactly("DEL b", "DEL a");
    assertThat(plugins.environment("a", "DEL"))
        .contains("CNI_ARGS=IgnoreUnknown=1;K8S_POD_INFRA_CONTAINER_ID=s1;K8S_POD_UID=uid-1");
  }

  @Test
  void argumentsThatNoEnvironmentHoldsAreRefused() throws Exception {
    PodNetworkRequest pod =
        PodNetworkRequest.of(
            "s1", Optional.of(Path.of("/proc/self/ns/net")), "web", "n".repeat(200_000), "uid-1");
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(pod))
          .hasMessage("network arguments of sandbox s1 are longer than 65536 characters");
    }
    assertThat(plugins.calls()).isEmpty();
  }

  @Test
  void aMissingBinaryIsFoundBeforeAnythingRuns() throws Exception {
    plugins.remove("b");
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .isInstanceOfSatisfying(
              CniException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PLUGIN_MISSING))
          .hasMessage("cni plugin b of network net is not in " + plugins.bin());
      assertThat(cni.status().ready()).isFalse();
      assertThat(cni.status().message()).contains("cni plugin b of network net is not in");
    }
    assertThat(plugins.calls()).isEmpty();
  }

  @Test
  void aBinaryThatVanishesDuringAddIsUndoneWithoutIt() throws Exception {
    plugins.add("a", Map.of("ADD", "rm " + plugins.bin().resolve("b") + "; " + RESULT));
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessageContaining("cni plugin b of network net is not in");
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "DEL a");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void everyPluginIsTriedOnDetachAndAllFailuresAreTold() throws Exception {
    plugins.add("a", Map.of("ADD", RESULT, "DEL", FAIL));
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      plugins.remove("b");
      assertThatThrownBy(() -> cni.detach(TestNode.pod("s1")))
          .hasMessageContaining("cni plugin b of network net is not in")
          .hasMessageContaining("cni plugin a failed to DEL network net: no luck");
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "ADD b", "DEL a");
    assertThat(node.cacheFile("net", "s1")).exists();
  }

  @Test
  void detachNeedsNeitherConfigurationNorNamespace() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      cni.attach(TestNode.pod("s1-eth0"));
    }
    Files.delete(node.confDir.resolve("10-net.conflist"));
    Files.delete(node.confDir);
    plugins.forgetCalls();
    try (Cni cni = node.open()) {
      cni.detach(TestNode.pod("s1").withNetns(Optional.empty()));
      assertThat(plugins.calls()).containsExactly("DEL b", "DEL a");
      assertThat(plugins.environment("a", "DEL")).contains("CNI_NETNS=");
      cni.detach(TestNode.pod("s1"));
      cni.detach(TestNode.pod("s1-eth0").withNetns(Optional.of(root.resolve("gone"))));
      assertThat(plugins.environment("a", "DEL")).contains("CNI_NETNS=", "CNI_CONTAINERID=s1-eth0");
    }
    assertThat(plugins.calls()).hasSize(4);
  }

  @Test
  void anAttachThatDiedHalfWayIsUndoneFromItsRecord() throws Exception {
    // As the cache is when the daemon is killed in the middle of ADD: an entry without a result.
    plugins.add("a", Map.of("ADD", "cp " + node.cacheFile("net", "s1") + " $records/; " + RESULT));
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      cni.detach(TestNode.pod("s1"));
      Files.copy(plugins.records().resolve("net-s1-eth0"), node.cacheFile("net", "s1"));
      plugins.forgetCalls();
      plugins.remove("b");
      node.conflist("1.0.0", "{\"type\":\"other\"}");
      cni.detach(TestNode.pod("s1"));
    }
    assertThat(plugins.calls()).containsExactly("DEL a");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void aPodOfWhichNothingIsRecordedIsUndoneWithTheCurrentNetwork() throws Exception {
    try (Cni cni = node.open()) {
      cni.detach(TestNode.pod("s9"));
    }
    assertThat(plugins.calls()).containsExactly("DEL b", "DEL a");
  }

  @Test
  void noAddressIsAnErrorAndUndone() throws Exception {
    plugins.add("b", Map.of("ADD", "echo '{\"cniVersion\":\"1.0.0\"}'"));
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessage("network net gave sandbox s1 no address on eth0");
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "ADD b", "DEL b", "DEL a");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void attachesSeveralNetworksAllOrNothing() throws Exception {
    node.write("20-two.conf", "{\"name\":\"two\",\"cniVersion\":\"1.0.0\",\"type\":\"c\"}");
    plugins.add("c", Map.of("ADD", RESULT));
    CniSettings one = node.settings();
    CniSettings all =
        new CniSettings(
            one.confDir(),
            one.binDirs(),
            one.cacheDir(),
            one.leaseDir(),
            0,
            one.timeout(),
            one.podCidr(),
            "x",
            "x");
    try (Cni cni = Cni.open(all)) {
      assertThat(cni.attach(TestNode.pod("s1")).networkName()).isEqualTo("net");
      assertThat(plugins.environment("c", "ADD")).contains("CNI_IFNAME=eth1");
      cni.detach(TestNode.pod("s1"));
      plugins.add("c", Map.of("ADD", FAIL));
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s2"))).hasMessageContaining("plugin c");
    }
    assertThat(plugins.calls())
        .containsExactly(
            "ADD a", "ADD b", "ADD c", "DEL c", "DEL b", "DEL a", // s1
            "ADD a", "ADD b", "ADD c", "DEL c", "DEL b", "DEL a"); // s2
    try (var left = Files.list(node.cacheDir.resolve("results"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void checkNeedsAnAttachmentAndNamesWhoFoundTheDifference() throws Exception {
    plugins.add("b", Map.of("ADD", RESULT, "CHECK", FAIL));
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.check(TestNode.pod("s1")))
          .hasMessage("sandbox s1 is attached to no network");
      cni.attach(TestNode.pod("s1"));
      assertThatThrownBy(() -> cni.check(TestNode.pod("s1")))
          .hasMessageContaining("cni plugin b failed to CHECK network net: no luck");
    }
  }

  @Test
  void oldVersionsGetNoCheckAndNoResultOnDelete() throws Exception {
    node.conflist("0.3.1", A, B);
    try (Cni cni = node.open()) {
      assertThat(cni.attach(TestNode.pod("s1")).resultJson()).contains("\"version\":\"4\"");
      cni.check(TestNode.pod("s1"));
      cni.detach(TestNode.pod("s1"));
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "ADD b", "DEL b", "DEL a");
    assertThat(plugins.stdin("b", "ADD").getAsJsonObject("prevResult").get("cniVersion"))
        .hasToString("\"0.3.1\"");
    assertThat(plugins.stdin("a", "DEL").has("prevResult")).isFalse();
  }
}
