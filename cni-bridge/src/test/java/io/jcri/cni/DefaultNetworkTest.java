package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the default network's file is written, changed and removed; no kernel is touched. */
final class DefaultNetworkTest {
  @TempDir Path root;
  private TestNode node;
  private Path file;
  private ChildProcess processes;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    file = node.confDir.resolve("10-jcri-bridge.conflist");
    processes = new ChildProcess();
    for (String type : List.of("bridge", "portmap")) {
      node.plugins.add(type, Map.of("ADD", RESULT));
    }
  }

  @AfterEach
  void tearDown() throws Exception {
    processes.close();
  }

  private DefaultNetwork network() {
    CniSettings settings = node.settings();
    return new DefaultNetwork(
        settings,
        new PluginRunner(processes, settings.binDirs(), settings.timeout()),
        new ResultCache(settings.cacheDir()));
  }

  @Test
  void writesABridgeForEachFamily() throws Exception {
    network().write(PodCidrs.parse("10.88.0.0/16,fd00:88::/64"));
    assertThat(Json.read(file))
        .isEqualTo(
            Json.parseObject(
                """
                {"cniVersion":"1.0.0","name":"jcri","generatedBy":"%s",
                 "plugins":[
                  {"type":"bridge","bridge":"jcrit0","isGateway":true,"ipMasq":false,"hairpinMode":true,
                   "forceAddress":true,
                   "ipam":{"type":"host-local",
                           "ranges":[[{"subnet":"10.88.0.0/16"}],[{"subnet":"fd00:88:0:0:0:0:0:0/64"}]],
                           "routes":[{"dst":"0.0.0.0/0"},{"dst":"::/0"}],
                           "dataDir":"%s"}},
                  {"type":"portmap","capabilities":{"portMappings":true},"snat":true}]}
                """
                    .formatted(DefaultNetwork.GENERATED_NOTE, node.leaseDir)));
    Network read = new ConfigDirectory(node.confDir).load().networks().getFirst();
    assertThat(read.generated()).isTrue();
    assertThat(DefaultNetwork.subnets(read))
        .extracting(PodCidrs.Cidr::text)
        .containsExactly("10.88.0.0/16", "fd00:88:0:0:0:0:0:0/64");
  }

  /** An earlier version kept addresses on disk; two pods must not get the same. */
  @Test
  void addressesStayWhereAnEarlierVersionHasThemAsLongAsAPodOfItsLives() throws Exception {
    Path before = node.cacheDir.resolve("networks");
    Network old =
        NetworkParser.parseList(
            Json.parseObject(
                """
                {"cniVersion":"1.0.0","name":"jcri","generatedBy":"jcri","plugins":[
                  {"type":"bridge","ipam":{"type":"host-local","dataDir":"%s"}}]}
                """
                    .formatted(before)),
            List.of(),
            "before");
    ResultCache cache = new ResultCache(node.cacheDir);
    Attachment living = Attachment.of(TestNode.pod("s1"), 0);
    cache.write(old, living, Optional.empty(), false);
    network().write(PodCidrs.parse("10.88.0.0/16"));
    assertThat(Files.readString(file)).contains("\"dataDir\": \"" + before + "\"");
    cache.write(old, living.withNetns("/gone"), Optional.empty(), false);
    network().write(PodCidrs.parse("10.88.0.0/16"));
    assertThat(Files.readString(file)).contains("\"dataDir\": \"" + node.leaseDir + "\"");
  }

  @Test
  void limitsBandwidthWhenThePluginIsThere() throws Exception {
    node.plugins.add("bandwidth", Map.of());
    network().write(PodCidrs.parse("10.88.0.0/16"));
    assertThat(new ConfigDirectory(node.confDir).load().networks().getFirst().plugins())
        .extracting(Plugin::type)
        .containsExactly("bridge", "portmap", "bandwidth");
  }

  @Test
  void pluginsForUnusedCapabilitiesAreLeftOutOfOurOwnChainOnly() throws Exception {
    network().write(PodCidrs.parse("10.88.0.0/16"));
    Network own = new ConfigDirectory(node.confDir).load().networks().getFirst();
    assertThat(own.forCapabilities(Set.of()).plugins()).hasSize(1);
    assertThat(own.forCapabilities(Set.of("portMappings"))).isEqualTo(own);
    Files.writeString(file, Files.readString(file).replace("generatedBy", "comment"));
    Network operators = new ConfigDirectory(node.confDir).load().networks().getFirst();
    assertThat(operators.forCapabilities(Set.of())).isEqualTo(operators);
  }

  @Test
  void followsThePodCidrButNotOverAnOperatorsEdit() throws Exception {
    DefaultNetwork network = network();
    network.write(PodCidrs.parse("10.88.0.0/16"));
    Object inode = Files.getAttribute(file, "unix:ino");
    network.write(PodCidrs.parse("10.88.0.0/16"));
    assertThat(Files.getAttribute(file, "unix:ino")).as("untouched when right").isEqualTo(inode);
    network.write(PodCidrs.parse("10.99.0.0/16"));
    assertThat(Files.readString(file)).contains("10.99.0.0/16");
    Files.writeString(file, "{ damaged");
    network.write(PodCidrs.parse("10.99.0.0/16"));
    network.remove();
    assertThat(file).as("it may be in the making").hasContent("{ damaged");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    network.write(PodCidrs.parse("10.99.0.0/16"));
    assertThat(Files.readString(file)).contains("10.99.0.0/16");
    String edited = Files.readString(file).replace("generatedBy", "edited");
    Files.writeString(file, edited);
    network.write(PodCidrs.parse("10.77.0.0/16"));
    network.remove();
    assertThat(file).hasContent(edited);
  }

  @Test
  void goesAwayWhenAnotherConfigurationArrives() throws Exception {
    network().write(PodCidrs.parse("10.88.0.0/16"));
    node.write(
        "99-other.conf", "{\"name\":\"other\",\"cniVersion\":\"1.0.0\",\"type\":\"bridge\"}");
    try (Cni cni = node.open()) {
      assertThat(file).doesNotExist();
      assertThat(cni.attach(TestNode.pod("s1")).networkName()).isEqualTo("other");
    }
  }

  @Test
  void isNotWrittenBesideAnotherConfigurationEvenABrokenOne() throws Exception {
    node.write("99-other.conf", "{ broken");
    try (Cni cni = node.open()) {
      cni.setPodCidr("10.88.0.0/16");
      assertThat(file).doesNotExist();
      assertThat(cni.status().message()).contains("99-other.conf: invalid JSON");
    }
  }

  @Test
  void daemonsThatShareTheDirectoryWriteAtTheSameTime() throws Exception {
    List<Callable<Integer>> daemons = new ArrayList<>();
    for (int d = 0; d < 4; d++) {
      int base = 100 + 2 * d;
      DefaultNetwork network = network();
      daemons.add(() -> {
        for (int i = 0; i < 50; i++) {
          network.write(PodCidrs.parse("10.%d.0.0/16".formatted(base + i % 2)));
          assertThat(Json.read(file).get("name").getAsString()).isEqualTo("jcri");
        }
        return base;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> daemon : threads.invokeAll(daemons)) {
        assertThat(daemon.get()).isGreaterThanOrEqualTo(100);
      }
    }
    try (Stream<Path> left = Files.list(node.confDir)) {
      assertThat(left).containsExactly(file);
    }
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
  }

  @Test
  void whatADaemonThatEndedLeftGoesWithTheNextWrite() throws Exception {
    Files.createDirectories(node.confDir);
    Path old = Files.createFile(node.confDir.resolve(".10-jcri-bridge.conflist.1.tmp"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
    Path young = Files.createFile(node.confDir.resolve(".10-jcri-bridge.conflist.2.tmp"));
    network().write(PodCidrs.parse("10.88.0.0/16"));
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void aCidrThatIsNoneIsRefusedAndAnEmptyOneIgnored() throws Exception {
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.setPodCidr("10.88.0.0"))
          .isInstanceOf(CniException.class)
          .hasMessageContaining("10.88.0.0");
      cni.setPodCidr("");
      assertThat(file).doesNotExist();
    }
  }
}
