package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonParser;
import io.jcri.cri.v1.DNSConfig;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.Protocol;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.FreePort;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a pod's network, names and kernel settings look like from inside and outside. */
class PodNetworkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void podsHaveAddressesOfTheirOwnAndReachEachOther() throws IOException {
    String image = NODE.load("httpd", TestImages.httpd());
    TestPod server = NODE.pod();
    var container = server.container().clearCommand();
    container.getImageBuilder().setImage(image);
    server.start(container);
    TestContainer client = NODE.pod().idle();

    assertThat(server.ip()).isNotEqualTo(client.sh("hostname -i"));
    assertThat(awaitPage("http://%s/".formatted(server.ip()))).contains("<html");
    assertThat(client.sh("wget -q -O - http://%s/".formatted(server.ip()))).contains("<html");
  }

  @Test
  void aMappedPortLeadsToTheContainerUntilThePodStops() throws IOException {
    String image = NODE.load("httpd", TestImages.httpd());
    int port = FreePort.find();
    TestPod pod =
        NODE.pod(
            NODE.podConfig()
                .addPortMappings(
                    PortMapping.newBuilder()
                        .setProtocol(Protocol.TCP)
                        .setContainerPort(80)
                        .setHostPort(port)));
    var container = pod.container().clearCommand();
    container.getImageBuilder().setImage(image);
    pod.start(container);

    String url = "http://%s:%d/".formatted(NODE.gateway(), port);
    assertThat(awaitPage(url)).contains("<html");
    pod.stop();
    assertThatIOException().isThrownBy(() -> page(url));
    assertThat(pod.ip()).as("the address of a pod that has given it back").isEmpty();
  }

  /** One number may be mapped twice, for each protocol: as a cluster's DNS is. */
  @Test
  void aMappedPortOfUdpIsNotThatOfTcp() throws IOException {
    String image = NODE.load("datagrams", TestImages.datagrams());
    int port = FreePort.find();
    PodSandboxConfig.Builder config = NODE.podConfig();
    for (Protocol protocol : List.of(Protocol.UDP, Protocol.TCP)) {
      config.addPortMappings(
          PortMapping.newBuilder().setProtocol(protocol).setContainerPort(53).setHostPort(port));
    }
    TestPod pod = NODE.pod(config);
    var container = pod.container().clearCommand();
    container.getImageBuilder().setImage(image);
    pod.start(container).awaitLog("listening");

    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(new InetSocketAddress(NODE.gateway(), port));
      byte[] question = "who is there".getBytes(StandardCharsets.UTF_8);
      socket.send(new DatagramPacket(question, question.length));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
          .isEqualTo("who is there");
    }
    assertThatIOException()
        .as("nothing listens on the port of TCP")
        .isThrownBy(() -> new Socket(NODE.gateway(), port).close());
  }

  @Test
  void aPodWhoseNamespaceSomebodyUnmountedStopsAtOnce() throws IOException {
    TestPod pod = NODE.pod();
    assertThat(NODE.leases()).hasSize(1);
    String netns =
        JsonParser.parseString(pod.info())
            .getAsJsonObject()
            .getAsJsonObject("namespaces")
            .get("network")
            .getAsString();
    Command.of("umount", netns).run().orThrow();
    pod.stop();
    assertThat(NODE.leases()).isEmpty();
    pod.remove();
  }

  @Test
  void loopbackIsUpAndTheInterfaceIsEth0() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertThat(container.sh("ip addr show lo")).contains("127.0.0.1/8").contains("UP");
    assertThat(container.sh("ip addr show eth0")).contains(NODE.range());
  }

  @Test
  void aPodOfTheHostsNetworkHasItsInterfacesItsNameAndNoAddressToTell() throws IOException {
    TestPod pod = NODE.pod(NODE.hostNetworkConfig());
    TestContainer container = pod.idle();

    assertThat(pod.ip()).isEmpty();
    assertThat(Files.readSymbolicLink(Path.of("/proc/" + container.pid() + "/ns/net")))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
    assertThat(container.sh("hostname"))
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
  }

  @Test
  void namesAreInTheFilesThatProgramsRead() throws IOException {
    PodSandboxConfig.Builder config =
        NODE.podConfig()
            .setHostname("some-name")
            .setDnsConfig(
                DNSConfig.newBuilder()
                    .addServers("10.96.0.10")
                    .addServers("fd00::a")
                    .addSearches("svc.cluster.local")
                    .addSearches("cluster.local")
                    .addOptions("ndots:5"));
    TestPod pod = NODE.pod(config);
    TestContainer container = pod.idle();

    assertThat(container.sh("hostname")).isEqualTo("some-name");
    assertThat(container.sh("cat /etc/hostname")).isEqualTo("some-name");
    assertThat(container.sh("cat /etc/hosts")).contains(pod.ip() + "\tsome-name");
    assertThat(container.sh("cat /etc/resolv.conf"))
        .isEqualTo(
            """
            search svc.cluster.local cluster.local
            nameserver 10.96.0.10
            nameserver fd00::a
            options ndots:5\
            """);
  }

  @Test
  void withoutDnsThePodHasTheNodesResolver() throws IOException {
    TestContainer container = NODE.pod().idle();
    Path nodes = Path.of("/etc/resolv.conf");
    String expected = Files.exists(nodes) ? Files.readString(nodes).stripTrailing() : "";
    assertThat(container.sh("cat /etc/resolv.conf")).isEqualTo(expected);
  }

  @Test
  void sysctlsAreSetInThePodOnly() throws IOException {
    Path here = Path.of("/proc/sys/kernel/shm_rmid_forced");
    String before = Files.readString(here);
    PodSandboxConfig.Builder config = NODE.podConfig();
    config
        .getLinuxBuilder()
        .putSysctls("net.ipv4.ip_unprivileged_port_start", "77")
        .putSysctls("kernel.shm_rmid_forced", "1")
        .putSysctls("net/ipv4/ip_local_port_range", "40000\t40100");
    TestContainer container = NODE.pod(config).idle();

    assertThat(container.sh("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).isEqualTo("77");
    assertThat(container.sh("cat /proc/sys/kernel/shm_rmid_forced")).isEqualTo("1");
    assertThat(container.sh("cat /proc/sys/net/ipv4/ip_local_port_range"))
        .isEqualTo("40000\t40100");
    assertThat(Files.readString(here)).isEqualTo(before);
  }

  /** The page of a server that was started just now and may not listen yet. */
  private static String awaitPage(String url) throws IOException {
    String[] page = {""};
    Waiting.until(
        PATIENCE,
        () -> {
          try {
            page[0] = page(url);
            return true;
          } catch (ConnectException notYet) {
            return false;
          }
        },
        () -> "nobody listens on " + url);
    return page[0];
  }

  private static String page(String url) throws IOException {
    var connection = URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(5_000);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
