package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.grpc.Status;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.Protocol;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.FreePort;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.sandbox.linux.NetworkNamespaces;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ports of the node that jcri itself leads to pods, since no plugin of their network does. */
class HostPortsTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long RUN = ProcessHandle.current().pid();
  private static final String RANGE6 = "fd00:6a63:%x:".formatted(RUN & 0xffff);

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** Of both families, without portmap. */
  @BeforeAll
  static void aNetworkThatMapsNoPorts() throws IOException {
    network("");
  }

  private static void network(String more) throws IOException {
    Path file = NODE.networks().resolve("10-test.conflist");
    String bridge = NODE.bridge();
    Path fresh = NODE.networks().resolve(".fresh");
    String text =
        """
        {
          "cniVersion": "1.0.0",
          "name": "%1$s",
          "plugins": [
            {
              "type": "bridge", "bridge": "%1$s", "isGateway": true, "hairpinMode": true,
              "ipam": {
                "type": "host-local", "dataDir": "%2$s",
                "ranges": [[{"subnet": "%3$s0.0/16"}], [{"subnet": "%4$s:/64"}]],
                "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]
              }
            }%5$s
          ]
        }
        """
            .formatted(bridge, NODE.scratch().disk().resolve("leases"), NODE.range(), RANGE6, more);
    if (Files.readString(file).equals(text)) {
      return;
    }
    long before = readings();
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    Waiting.until(PATIENCE, () -> readings() > before, () -> "the network is not read again");
  }

  private static long readings() throws IOException {
    return Files.readAllLines(NODE.daemon().log()).stream()
        .filter(line -> line.contains("networks: [" + NODE.bridge()))
        .count();
  }

  @AfterEach
  void asItIsByDefault() throws IOException {
    if (Files.deleteIfExists(dropIn())) {
      reload();
    }
    network("");
  }

  private static Path dropIn() {
    return NODE.daemon().configuration().resolveSibling("conf.d").resolve("50-ports.toml");
  }

  private static void mode(String mode) throws IOException {
    Files.createDirectories(dropIn().resolveSibling("."));
    Files.writeString(dropIn(), "[network]\nhost_ports = \"%s\"\n".formatted(mode));
    reload();
  }

  private static void reload() throws IOException {
    Command.of(
            Workspace.distribution().resolve("bin/jcri").toString(),
            "config",
            "reload",
            "--socket",
            NODE.daemon().state().resolve("admin.sock").toString())
        .run()
        .orThrow();
  }

  private static String table() {
    return "jcri-%s-ports".formatted(NODE.scratch().state().getFileName());
  }

  private static String rules(String family) throws IOException {
    return Command.of("nft", "list", "table", family, table()).run().out();
  }

  private static PodSandboxConfig.Builder mapped(Protocol protocol, int port, int inside, String ip)
      throws IOException {
    return NODE.podConfig()
        .addPortMappings(
            PortMapping.newBuilder()
                .setProtocol(protocol)
                .setHostPort(port)
                .setContainerPort(inside)
                .setHostIp(ip));
  }

  private static TestPod mapped(int port) throws IOException {
    return NODE.pod(mapped(Protocol.TCP, port, 80, ""));
  }

  /** A server that says in its log who asks, and that answers with its pod's name. */
  private static TestContainer serve(TestPod pod) throws IOException {
    TestContainer server =
        pod.start("sh", "-c", "hostname > /tmp/name; exec httpd -f -v -p 80 -h /tmp");
    Waiting.until(
        PATIENCE,
        () -> server.exec("wget", "-q", "-O", "-", "http://127.0.0.1/name").exitCode() == 0,
        () -> "nobody serves");
    return server;
  }

  /** As the node itself would. */
  private static String ask(String host, int port) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      return ask(socket);
    }
  }

  static String ask(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write("GET /name HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return reply.substring(reply.indexOf("\r\n\r\n") + 4).strip();
  }

  private static String url(String host, int port) {
    return "http://%s:%d/name".formatted(host, port);
  }

  private static String name(TestPod pod) {
    return pod.config().getMetadata().getName();
  }

  private static String gateway6() {
    return "[" + RANGE6 + ":1]";
  }

  @Test
  void aPortLeadsToThePodFromTheNodeFromPodsAndFromItself() throws IOException {
    int port = FreePort.find();
    TestPod pod = mapped(port);
    TestContainer server = serve(pod);
    TestContainer other = NODE.pod().idle();

    assertThat(ask("127.0.0.1", port)).isEqualTo(name(pod));
    assertThat(ask(NODE.gateway(), port)).isEqualTo(name(pod));
    assertThat(ask(gateway6(), port)).isEqualTo(name(pod));
    for (TestContainer from : new TestContainer[] {other, server}) {
      for (String host : new String[] {NODE.gateway(), gateway6()}) {
        assertThat(from.sh("wget -q -O - " + url(host, port))).isEqualTo(name(pod));
      }
    }
    pod.stop();
    assertThatIOException().isThrownBy(() -> new Socket(LOOPBACK, port).close());
    assertThat(rules("ip")).isEmpty();
    assertThat(rules("ip6")).isEmpty();
  }

  @Test
  void whoComesFromOutsideIsSeenAsHeIs() throws IOException {
    int port = FreePort.find();
    TestPod pod = mapped(port);
    TestContainer server = serve(pod);
    try (OutsideMachine outside = new OutsideMachine()) {
      assertThat(outside.ask(outside.node(), port)).isEqualTo(name(pod));
      assertThat(outside.ask("[" + outside.node6() + "]", port)).isEqualTo(name(pod));
      server.awaitLog(outside.self() + "]:");
      server.awaitLog(outside.self6() + "]:");
    }
  }

  /** What the node keeps to itself stays so, though 127.0.0.1 leads to pods now. */
  @Test
  void nobodyOutsideReachesTheNodesOwnLoopback() throws IOException {
    TestPod pod = mapped(FreePort.find());
    TestContainer neighbour = NODE.privilegedPod().start(pod.privileged("sleep", "100000"));
    try (var secret = new ServerSocket(0, 9, InetAddress.ofLiteral("127.0.0.1"))) {
      neighbour.sh("sysctl -w net.ipv4.conf.all.route_localnet=1");
      neighbour.sh("ip route del local 127.0.0.0/8 dev lo table local; true");
      neighbour.sh("ip addr del 127.0.0.1/8 dev lo; true");
      neighbour.sh("ip route add 127.0.0.1 via %s dev eth0".formatted(NODE.gateway()));
      String link = "/proc/sys/net/ipv4/conf/%s/route_localnet".formatted(NODE.bridge());
      assertThat(Files.readString(Path.of(link))).startsWith("1");
      assertThatIOException()
          .isThrownBy(() -> connect(neighbour.pid(), secret.getLocalPort()))
          .isInstanceOf(SocketTimeoutException.class);
      secret.setSoTimeout(1);
      assertThatIOException().isThrownBy(secret::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static void connect(int pid, int port) throws IOException {
    NetworkNamespaces.call(
            "/proc/%d/ns/net".formatted(pid),
            () -> {
              Socket socket = new Socket();
              socket.connect(new InetSocketAddress(LOOPBACK, port), 3_000);
              return socket;
            })
        .close();
  }

  @Test
  void aPortOfOneAddressIsNotThatOfOthers() throws IOException {
    int port = FreePort.find();
    TestPod near = NODE.pod(mapped(Protocol.TCP, port, 80, NODE.gateway()));
    serve(near);
    assertThatIOException().isThrownBy(() -> new Socket(LOOPBACK, port).close());
    TestPod far = mapped(port);
    serve(far);

    assertThat(ask(NODE.gateway(), port)).isEqualTo(name(near));
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(far));
  }

  @Test
  void aPortThatIsAnothersIsRefusedAndStaysThatOfTheOther() throws IOException {
    int port = FreePort.find();
    TestPod first = mapped(port);
    serve(first);
    PodSandboxConfig.Builder second = mapped(Protocol.TCP, port, 80, "");
    Refusals.assertRefused(
        () -> NODE.pod(second),
        Status.Code.FAILED_PRECONDITION,
        "host port %d/tcp is that of pod sandbox %s".formatted(port, first.id()));

    assertThat(NODE.leases()).as("addresses of what was refused").hasSize(1);
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(first));
    first.stop();
    TestPod now = NODE.pod(second);
    serve(now);
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(now));
  }

  @Test
  void anAddressThatIsNoneIsRefused() throws IOException {
    PodSandboxConfig.Builder config = mapped(Protocol.TCP, 8080, 80, "node.example");
    Refusals.assertRefused(
        () -> NODE.pod(config),
        Status.Code.INVALID_ARGUMENT,
        "config.port_mappings.host_ip is node.example");
  }

  @Test
  void datagramsOfWhoAskedBeforeThePodWasThereReachIt() throws IOException {
    String image = NODE.load("datagrams", TestImages.datagrams());
    int port = FreePort.find();
    try (DatagramSocket local = new DatagramSocket();
        DatagramSocket gateway = new DatagramSocket()) {
      local.connect(new InetSocketAddress(LOOPBACK, port));
      gateway.connect(new InetSocketAddress(NODE.gateway(), port));
      for (DatagramSocket socket : new DatagramSocket[] {local, gateway}) {
        send(socket, "nobody is there");
      }
      TestPod pod = NODE.pod(mapped(Protocol.UDP, port, 53, ""));
      var container = pod.container().clearCommand();
      container.getImageBuilder().setImage(image);
      pod.start(container).awaitLog("listening");
      for (DatagramSocket socket : new DatagramSocket[] {local, gateway}) {
        assertThat(answer(socket, "who is there")).isEqualTo("who is there");
      }
    }
  }

  private static void send(DatagramSocket socket, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
    try {
      socket.send(packet);
    } catch (PortUnreachableException e) {
      socket.send(packet); // what it was told was of the one before, and this one was not sent
    }
  }

  private static String answer(DatagramSocket socket, String question) throws IOException {
    socket.setSoTimeout(20_000);
    send(socket, question);
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
  }

  @Test
  void aDaemonThatComesBackPutsTheRulesRight() throws IOException {
    int port = FreePort.find();
    TestPod pod = mapped(port);
    serve(pod);
    NODE.daemon().kill();
    assertThat(ask("127.0.0.1", port)).as("without a daemon").isEqualTo(name(pod));
    Command.of("nft", "delete", "table", "ip", table()).run().orThrow();
    Command.of("nft", "delete", "table", "ip6", table()).run().orThrow();
    NODE.daemon().start();
    Waiting.until(PATIENCE, () -> !rules("ip6").isEmpty(), () -> "there are no rules");
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(pod));
    assertThat(ask(gateway6(), port)).isEqualTo(name(pod));

    pod.stop();
    NODE.daemon().kill();
    Command.of("nft", "add", "table", "ip", table()).run().orThrow();
    Command.of("nft", "add", "chain", "ip", table(), "gone").run().orThrow();
    NODE.daemon().start();
    Waiting.until(PATIENCE, () -> rules("ip").isEmpty(), () -> "the rules of the gone are left");
  }

  @Test
  void rulesThatSomebodyTookAwayComeBackWithTheNextPod() throws IOException {
    int port = FreePort.find();
    TestPod pod = mapped(port);
    serve(pod);
    Command.of("nft", "delete", "table", "ip", table()).run().orThrow();
    TestPod next = mapped(FreePort.find());

    assertThat(ask("127.0.0.1", port)).isEqualTo(name(pod));
    Command.of("nft", "delete", "table", "ip", table()).run().orThrow();
    next.stop();
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(pod));
  }

  @Test
  void whoMapsPortsIsWhatTheConfigurationSays() throws IOException {
    mode("plugin");
    int port = FreePort.find();
    mapped(port);
    assertThat(rules("ip")).isEmpty();

    network(",{\"type\": \"portmap\", \"capabilities\": {\"portMappings\": true}, \"snat\": true}");
    mode("auto");
    TestPod plugins = mapped(port);
    serve(plugins);
    assertThat(rules("ip")).isEmpty();
    assertThat(ask("127.0.0.1", port)).isEqualTo(name(plugins));

    mode("jcri");
    int another = FreePort.find();
    TestPod ours = mapped(another);
    serve(ours);
    assertThat(rules("ip")).contains("dport %d".formatted(another)).doesNotContain("dport " + port);
    assertThat(Command.of("iptables-save", "-t", "nat").run().out())
        .contains("--dport " + port)
        .doesNotContain("--dport " + another);
    assertThat(ask("127.0.0.1", another)).isEqualTo(name(ours));
  }
}
