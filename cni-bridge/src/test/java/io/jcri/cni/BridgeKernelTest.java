package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators' chains of real plugins in real namespaces. */
final class BridgeKernelTest {
  private static final Path PLUGINS = Path.of("/usr/lib/cni");

  @TempDir Path root;
  private final String bridge = "jctt" + TestNetns.unique();
  private TestNode node;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
  }

  @AfterEach
  void tearDown() throws Exception {
    TestNetns.deleteLink(bridge);
  }

  private Cni open() throws CniException {
    return Cni.open(
        node.settings(
            List.of(node.plugins.bin(), PLUGINS), Duration.ofSeconds(60), Optional.empty(), "x"));
  }

  private String bridgePlugin(String subnet) {
    return """
    {"type":"bridge","bridge":"%s","isGateway":true,"ipMasq":false,"hairpinMode":true,
     "ipam":{"type":"host-local","dataDir":"%s","ranges":[[{"subnet":"%s"}]],"routes":[{"dst":"0.0.0.0/0"}]}}
    """
        .formatted(bridge, root.resolve("ipam"), subnet);
  }

  private static final String PORTMAP =
      "{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true},\"snat\":true}";

  /** Addresses that host-local has given and not got back. */
  private List<String> leases() throws Exception {
    Path dir = root.resolve("ipam/net");
    if (!Files.exists(dir)) {
      return List.of();
    }
    try (var files = Files.list(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("10.") || name.startsWith("fd"))
          .toList();
    }
  }

  @Test
  void addsAndDeletes() throws Exception {
    node.conflist("1.0.0", bridgePlugin("10.201.1.0/24"), PORTMAP);
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      assertThat(cni.status().ready()).isTrue();
      PodNetworkRequest pod =
          netns.pod("s1").withPortMappings(List.of(new PortMapping(38080, 80, "tcp", "")));
      PodNetwork network = cni.attach(pod);
      assertThat(network.primaryIp()).isEqualTo("10.201.1.2");
      assertThat(netns.run("ip", "-4", "addr", "show", "eth0")).contains("10.201.1.2/24");
      assertThat(TestNetns.command("iptables-save", "-t", "nat")).contains("--dport 38080");
      cni.detach(pod);
      assertThat(leases()).isEmpty();
      assertThat(TestNetns.command("iptables-save", "-t", "nat")).doesNotContain("38080");
      assertThatThrownBy(() -> netns.run("ip", "link", "show", "eth0"))
          .hasMessageContaining("does not exist");
      cni.detach(pod);
    }
  }

  @Test
  void checksWhatItMade() throws Exception {
    // Without portmap, whose CHECK (1.1.1) fails for every pod that has no IPv6 address.
    node.conflist("1.0.0", bridgePlugin("10.201.8.0/24"));
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      PodNetworkRequest pod = netns.pod("s1");
      cni.attach(pod);
      cni.check(pod);
      netns.run("ip", "addr", "flush", "dev", "eth0");
      assertThatThrownBy(() -> cni.check(pod))
          .hasMessageContaining("cni plugin bridge failed to CHECK network net: ");
      cni.detach(pod);
    }
  }

  @Test
  void aChainWithAMissingBinaryLeaksNoAddress() throws Exception {
    // A range of 13 pods, so that a leak would exhaust it soon.
    node.conflist("1.0.0", bridgePlugin("10.201.2.0/28"), "{\"type\":\"missing\"}");
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      assertThat(cni.status().message()).contains("cni plugin missing of network net is not in");
      for (int i = 0; i < 20; i++) {
        PodNetworkRequest pod = netns.pod("s" + i);
        assertThatThrownBy(() -> cni.attach(pod)).hasMessageContaining("cni plugin missing");
        cni.detach(pod);
      }
      assertThat(leases()).isEmpty();
    }
  }

  @Test
  void aChainWhosePluginVanishesOrFailsLeaksNoAddress() throws Exception {
    node.conflist("1.0.0", bridgePlugin("10.201.3.0/28"), "{\"type\":\"fails\"}");
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      // It removes itself, so that neither its ADD nor its DEL can be run again.
      for (int i = 0; i < 20; i++) {
        node.plugins.add("fails", Map.of("ADD", "rm $0; " + ScriptPlugins.FAIL));
        PodNetworkRequest pod = netns.pod("s" + i);
        assertThatThrownBy(() -> cni.attach(pod))
            .hasMessage("cni plugin fails failed to ADD network net: no luck; really (code 11)");
        assertThat(leases()).isEmpty();
        assertThat(node.cacheFile("net", "s" + i)).doesNotExist();
      }
      assertThatThrownBy(() -> netns.run("ip", "link", "show", "eth0"))
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void deletesWithNoNamespaceAndNoConfiguration() throws Exception {
    node.conflist("1.0.0", bridgePlugin("10.201.4.0/24"), PORTMAP);
    try (TestNetns netns = new TestNetns()) {
      PodNetworkRequest pod =
          netns.pod("s1").withPortMappings(List.of(new PortMapping(38081, 80, "tcp", "")));
      try (Cni cni = open()) {
        cni.attach(pod);
      }
      assertThat(leases()).containsExactly("10.201.4.2");
      netns.delete();
      Files.delete(node.confDir.resolve("10-net.conflist"));
      Files.delete(node.confDir);
      try (Cni cni = open()) {
        cni.detach(TestNode.pod("s1").withNetns(Optional.empty()));
      }
      assertThat(leases()).isEmpty();
      assertThat(TestNetns.command("iptables-save", "-t", "nat")).doesNotContain("38081");
    }
  }

  @Test
  void aPluginsOwnErrorIsTold() throws Exception {
    node.conflist("1.0.0", bridgePlugin("10.201.5.0/24").replace("host-local", "no-such-ipam"));
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      assertThatThrownBy(() -> cni.attach(netns.pod("s1")))
          .hasMessageContaining("cni plugin bridge failed to ADD network net: ")
          .hasMessageContaining("failed to find plugin \"no-such-ipam\"");
      // The bridge plugin fails DEL for the same reason; that must not hold the pod.
      cni.detach(netns.pod("s1"));
    }
  }

  @Test
  void aConfigurationForOneOneRunsOnPluginsThatEndAtOneZero() throws Exception {
    node.conflist("1.1.0", bridgePlugin("10.201.6.0/24"));
    try (TestNetns netns = new TestNetns();
        Cni cni = open()) {
      assertThat(TestNode.answered(cni).ready()).isTrue();
      assertThat(cni.attach(netns.pod("s1")).resultJson()).contains("\"cniVersion\":\"1.0.0\"");
      cni.check(netns.pod("s1"));
      cni.detach(netns.pod("s1"));
      assertThat(leases()).isEmpty();
    }
  }

  @Test
  void attachesManyPodsAtOnce() throws Exception {
    node.conflist("0.4.0", bridgePlugin("10.201.7.0/24"));
    List<TestNetns> namespaces = new ArrayList<>();
    try (Cni cni = open()) {
      List<Thread> threads = new ArrayList<>();
      List<String> ips = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 12; i++) {
        TestNetns netns = new TestNetns();
        namespaces.add(netns);
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    ips.add(cni.attach(netns.pod(netns.name)).primaryIp());
                    cni.detach(netns.pod(netns.name));
                  } catch (CniException e) {
                    ips.add(e.getMessage());
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(ips).hasSize(12).allMatch(ip -> ip.startsWith("10.201.7."));
      assertThat(leases()).isEmpty();
    } finally {
      for (TestNetns netns : namespaces) {
        netns.close();
      }
    }
  }
}
