package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which files count, and that changes are seen however they come. */
@Timeout(60)
final class ConfigWatchTest {
  @TempDir Path root;
  private TestNode node;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    for (String type : new String[] {"a", "b", "c"}) {
      node.plugins.add(type, Map.of("ADD", RESULT));
    }
  }

  private static String single(String name) {
    return "{\"cniVersion\":\"1.0.0\",\"name\":\"%s\",\"type\":\"a\"}".formatted(name);
  }

  /** The condition must become true by the watch alone; the class's timeout bounds the wait. */
  private static void await(Cni cni, Predicate<Cni> condition) throws InterruptedException {
    while (!condition.test(cni)) {
      Thread.sleep(5);
    }
  }

  private static String attached(Cni cni) {
    try {
      return cni.attach(TestNode.pod("s1")).networkName();
    } catch (CniException e) {
      return "";
    }
  }

  @Test
  void theFirstValidFileByNameCountsAndTheOthersAreReported() throws Exception {
    node.write("00-broken.conflist", "{");
    node.write("05-readme.txt", single("no"));
    node.write("20-b.conf", single("second"));
    node.write("10-a.json", single("first"));
    ConfigDirectory.Contents contents = new ConfigDirectory(node.confDir).load();
    assertThat(contents.networks()).extracting(Network::name).containsExactly("first", "second");
    assertThat(contents.foreignFiles()).isEqualTo(3);
    assertThat(contents.problems())
        .singleElement()
        .asString()
        .startsWith(node.confDir + "/00-broken.conflist: invalid JSON: ");
    try (Cni cni = node.open()) {
      assertThat(attached(cni)).isEqualTo("first");
    }
  }

  @Test
  void pluginsInTheNetworksFolderJoinTheChain() throws Exception {
    Files.createDirectories(node.confDir.resolve("net"));
    Files.writeString(node.confDir.resolve("net/10-c.conf"), "{\"type\":\"c\"}");
    node.write(
        "10-net.conflist",
        "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"plugins\":[{\"type\":\"a\"}]}");
    ConfigDirectory directory = new ConfigDirectory(node.confDir);
    assertThat(directory.load().networks().getFirst().plugins())
        .extracting(Plugin::type)
        .containsExactly("a", "c");
    String before = directory.fingerprint();
    Files.writeString(node.confDir.resolve("net/20-b.conf"), "{\"type\":\"b\"}");
    assertThat(directory.fingerprint()).isNotEqualTo(before);
    node.write(
        "10-net.conflist",
        "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"loadOnlyInlinedPlugins\":true,"
            + "\"plugins\":[{\"type\":\"a\"}]}");
    assertThat(directory.load().networks().getFirst().plugins()).hasSize(1);
  }

  @Test
  void anEmptyNodeSaysWhatIsMissing() throws Exception {
    try (Cni cni = node.open()) {
      assertThat(cni.status())
          .isEqualTo(
              new NetworkStatus(
                  false,
                  "NetworkPluginNotReady",
                  "cni plugin not initialized: no valid network configuration in " + node.confDir));
      node.write("10-bad.conflist", "{\"name\":\"n\"}");
      assertThat(cni.status().message())
          .endsWith("(" + node.confDir + "/10-bad.conflist: no plugins)");
    }
  }

  @Test
  void seesFilesComeChangeAndGo() throws Exception {
    node.write("50-x.conf", single("x"));
    try (Cni cni = node.open()) {
      assertThat(attached(cni)).isEqualTo("x");
      node.write("10-y.conf", single("y"));
      await(cni, c -> attached(c).equals("y"));
      Files.writeString(node.confDir.resolve("10-y.conf"), single("z"));
      await(cni, c -> attached(c).equals("z"));
      Files.delete(node.confDir.resolve("10-y.conf"));
      await(cni, c -> attached(c).equals("x"));
      Files.delete(node.confDir.resolve("50-x.conf"));
      await(cni, c -> !c.status().ready());
    }
  }

  @Test
  void seesTheDirectoryRemovedAndMadeAgain() throws Exception {
    Files.delete(node.confDir);
    try (Cni cni = node.open()) {
      assertThat(cni.status().ready()).isFalse();
      for (int round = 0; round < 3; round++) {
        String name = "round" + round;
        Files.createDirectories(node.confDir);
        node.write("10-x.conf", single(name));
        await(cni, c -> attached(c).equals(name));
        Files.delete(node.confDir.resolve("10-x.conf"));
        Files.delete(node.confDir);
        await(cni, c -> !c.status().ready());
      }
    }
  }

  @Test
  void seesTheDirectoryReplacedByAnother() throws Exception {
    node.write("10-x.conf", single("old"));
    try (Cni cni = node.open()) {
      assertThat(attached(cni)).isEqualTo("old");
      Path prepared = Files.createDirectories(root.resolve("prepared"));
      Files.writeString(prepared.resolve("10-x.conf"), single("new"));
      Files.move(node.confDir, root.resolve("away"));
      Files.move(prepared, node.confDir);
      await(cni, c -> attached(c).equals("new"));
      // And the new directory is watched, not the one that was moved away.
      node.write("05-w.conf", single("newest"));
      await(cni, c -> attached(c).equals("newest"));
    }
  }

  @Test
  void seesADirectoryWhoseParentsComeLater() throws Exception {
    Path far = root.resolve("etc/cni/net.d");
    CniSettings near = node.settings();
    CniSettings settings =
        new CniSettings(
            far,
            near.binDirs(),
            near.cacheDir(),
            near.leaseDir(),
            1,
            near.timeout(),
            near.podCidr(),
            "x",
            "x");
    try (Cni cni = Cni.open(settings)) {
      assertThat(cni.status().ready()).isFalse();
      Files.createDirectories(far);
      Files.writeString(far.resolve("10-x.conf"), single("far"));
      await(cni, c -> attached(c).equals("far"));
      Files.writeString(far.resolve("05-x.conf"), single("nearer"));
      await(cni, c -> attached(c).equals("nearer"));
    }
  }
}
