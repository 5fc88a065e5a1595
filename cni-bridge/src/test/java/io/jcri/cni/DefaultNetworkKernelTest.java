package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The generated network with real plugins: addresses of both families, routes, the nft rule. */
final class DefaultNetworkKernelTest {
  @TempDir Path root;
  private final String bridge = "jctd" + TestNetns.unique();
  private final String table = "jcri_test_" + bridge;
  private TestNode node;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
  }

  @AfterEach
  void tearDown() throws Exception {
    TestNetns.deleteLink(bridge);
    for (String family : new String[] {"ip", "ip6"}) {
      // Making it first, since deleting what is not there fails.
      TestNetns.command("nft", "add table " + family + " " + table);
      TestNetns.command("nft", "delete table " + family + " " + table);
    }
  }

  private Cni open(String podCidr) throws CniException {
    return Cni.open(
        node.settings(
            List.of(Path.of("/usr/lib/cni")),
            Duration.ofSeconds(60),
            podCidr.isEmpty() ? Optional.empty() : Optional.of(podCidr),
            bridge));
  }

  private String rules(String family) throws Exception {
    return TestNetns.command("nft", "list table " + family + " " + table);
  }

  @Test
  void aFreshNodeHasANetwork() throws Exception {
    try (TestNetns one = new TestNetns();
        TestNetns two = new TestNetns();
        Cni cni = open("10.202.1.0/24")) {
      assertThat(cni.status()).isEqualTo(NetworkStatus.ready(""));
      PodNetwork network = cni.attach(one.pod("s1"));
      assertThat(network.networkName()).isEqualTo("jcri");
      assertThat(network.primaryIp()).isEqualTo("10.202.1.2");
      assertThat(one.run("ip", "route")).contains("default via 10.202.1.1 dev eth0");
      assertThat(cni.attach(two.pod("s2")).primaryIp()).isEqualTo("10.202.1.3");
      cni.check(one.pod("s1"));

      one.run("/bin/busybox", "ping", "-c1", "-W5", "10.202.1.3");
      TestNetns.command("/bin/busybox", "ping", "-c1", "-W5", "10.202.1.2");
      assertThat(rules("ip"))
          .contains("ip saddr 10.202.1.0/24 ip daddr != { 10.202.1.0/24, 224.0.0.0/4 } masquerade");

      cni.detach(one.pod("s1"));
      cni.detach(two.pod("s2"));
    }
  }

  @Test
  void mapsPortsForPodsThatAskOnly() throws Exception {
    try (TestNetns one = new TestNetns();
        TestNetns two = new TestNetns();
        Cni cni = open("10.202.2.0/24")) {
      cni.attach(one.pod("s1"));
      PodNetworkRequest mapped =
          two.pod("s2").withPortMappings(List.of(new PortMapping(38090, 80, "tcp", "")));
      cni.attach(mapped);
      assertThat(TestNetns.command("iptables-save", "-t", "nat"))
          .contains("10.202.2.3:80")
          .doesNotContain("10.202.2.2");
      cni.detach(one.pod("s1"));
      cni.detach(mapped);
      assertThat(TestNetns.command("iptables-save", "-t", "nat")).doesNotContain("38090");
    }
  }

  /** The version before wrote addresses to the disk. Its pods live on when jcri is replaced. */
  @Test
  void anAddressThatAPodOfAnEarlierVersionHasIsNotGivenTwice() throws Exception {
    Path before = node.cacheDir.resolve("networks").resolve("jcri");
    try (TestNetns one = new TestNetns();
        TestNetns two = new TestNetns()) {
      try (Cni cni = open("10.202.10.0/24")) {
        cni.status();
      }
      Path file = node.confDir.resolve(DefaultNetwork.FILE_NAME);
      Files.writeString(
          file,
          Files.readString(file)
              .replace(node.leaseDir.toString(), before.resolveSibling("").toString()));
      try (Cni earlier = open("")) {
        assertThat(earlier.attach(one.pod("s1")).primaryIp()).isEqualTo("10.202.10.2");
      }
      assertThat(before.resolve("10.202.10.2")).exists();
      try (Cni cni = open("10.202.10.0/24")) {
        assertThat(cni.attach(two.pod("s2")).primaryIp()).isEqualTo("10.202.10.3");
        cni.detach(one.pod("s1"));
        cni.detach(two.pod("s2"));
      }
      assertThat(before.resolve("10.202.10.2")).doesNotExist();
      assertThat(before.resolve("10.202.10.3")).doesNotExist();
      try (Cni cni = open("10.202.10.0/24")) {
        cni.attach(one.pod("s3"));
        assertThat(node.leaseDir.resolve("jcri").resolve("10.202.10.2")).exists();
        cni.detach(one.pod("s3"));
        assertThat(node.leaseDir.resolve("jcri").resolve("10.202.10.2")).doesNotExist();
      }
    }
  }

  /** As a power cut leaves it: there, and empty. The reason why ours are on a tmpfs. */
  @Test
  void whatThePluginCanNotGiveBackIsFound() throws Exception {
    try (TestNetns one = new TestNetns();
        Cni cni = open("10.202.11.0/24")) {
      cni.attach(one.pod("s1"));
      Path lease = node.leaseDir.resolve("jcri").resolve("10.202.11.2");
      Files.writeString(lease, "");
      cni.detach(one.pod("s1"));
      Files.setLastModifiedTime(lease, FileTime.from(Instant.now().minusSeconds(3600)));
      cni.collectGarbage(Set.of());
      assertThat(FoundNetworks.in(node.confDir).networks().getFirst().lostAddresses())
          .containsExactly(lease);
    }
  }

  @Test
  void servesBothFamilies() throws Exception {
    try (TestNetns netns = new TestNetns();
        Cni cni = open("10.202.3.0/24,fd00:202:3::/64")) {
      PodNetwork network = cni.attach(netns.pod("s1"));
      assertThat(network.primaryIp()).isEqualTo("10.202.3.2");
      assertThat(network.additionalIps()).containsExactly("fd00:202:3::2");
      assertThat(netns.run("ip", "-6", "route")).contains("default via fd00:202:3::1");
      assertThat(rules("ip6"))
          .contains(
              "ip6 saddr fd00:202:3::/64 ip6 daddr != { fd00:202:3::/64, ff00::/8 } masquerade");
      cni.detach(netns.pod("s1"));
    }
  }

  @Test
  void servesIpv6Alone() throws Exception {
    try (TestNetns netns = new TestNetns();
        Cni cni = open("fd00:202:4::/64")) {
      assertThat(cni.attach(netns.pod("s1")).primaryIp()).isEqualTo("fd00:202:4::2");
      cni.detach(netns.pod("s1"));
    }
  }

  @Test
  void theRuleFollowsThePodCidrAndComesBackAtTheNextStart() throws Exception {
    try (Cni cni = open("")) {
      assertThat(cni.status().ready()).isFalse();
      cni.setPodCidr("10.202.5.0/24,fd00:202:5::/64");
      assertThat(cni.status()).isEqualTo(NetworkStatus.ready(""));
      assertThat(rules("ip")).contains("10.202.5.0/24");
      assertThat(rules("ip6")).contains("fd00:202:5::/64");
      cni.setPodCidr("10.202.6.0/24");
      assertThat(rules("ip")).contains("10.202.6.0/24").doesNotContain("10.202.5.0/24");
      assertThatThrownBy(() -> rules("ip6")).hasMessageContaining("No such file");
    }
    TestNetns.command("nft", "delete table ip " + table);
    // The daemon starts again, before kubelet has told it the pod CIDR: the file is still there.
    try (Cni cni = open("")) {
      assertThat(cni.status().ready()).isTrue();
      assertThat(rules("ip")).contains("10.202.6.0/24");
    }
  }

  /** After kubeadm reset and join, the kubelet tells another pod CIDR. */
  @Test
  void theBridgeFollowsThePodCidr() throws Exception {
    try (TestNetns before = new TestNetns();
        TestNetns after = new TestNetns();
        Cni cni = open("")) {
      cni.setPodCidr("10.202.8.0/24,fd00:202:8::/64");
      cni.attach(before.pod("s1"));
      cni.setPodCidr("10.202.9.0/24,fd00:202:9::/64");
      PodNetwork network = cni.attach(after.pod("s2"));
      assertThat(network.primaryIp()).isEqualTo("10.202.9.2");
      assertThat(network.additionalIps()).containsExactly("fd00:202:9::2");
      after.run("/bin/busybox", "ping", "-c1", "-W5", "10.202.9.1");
      assertThat(TestNetns.command("ip", "address", "show", bridge))
          .contains("10.202.9.1/24")
          .doesNotContain("10.202.8.1");
      // What was made under the old one is given back by what was recorded of it.
      cni.detach(before.pod("s1"));
      cni.detach(after.pod("s2"));
    }
  }

  @Test
  @Timeout(60)
  void aTornFileIsRepairedByARunningDaemon() throws Exception {
    Path file = node.confDir.resolve("10-jcri-bridge.conflist");
    try (Cni cni = open("")) {
      cni.setPodCidr("10.202.7.0/24");
      String whole = Files.readString(file);
      Files.writeString(file, whole.substring(0, whole.length() / 2));
      while (!Files.readString(file).equals(whole)) {
        Thread.sleep(5);
      }
      Files.writeString(file, "");
      while (!Files.readString(file).equals(whole)) {
        Thread.sleep(5);
      }
      assertThat(cni.status()).isEqualTo(NetworkStatus.ready(""));
    }
  }
}
