package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RuntimeCondition;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CNI configurations that are broken or gone, and plugins that fail. */
class BrokenNetworkTest {
  private static final String CONFIGURATION = "10-test.conflist";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private String good = "";

  @BeforeEach
  void remember() throws IOException {
    good = Files.readString(configuration());
  }

  @AfterEach
  void restore() throws IOException {
    Files.createDirectories(NODE.networks());
    try (Stream<Path> list = Files.list(NODE.networks())) {
      for (Path file : list.toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(configuration(), good);
    awaitNetwork(true, "");
    NODE.cri().removeAllPods();
    assertNoLeaseIsLeft();
  }

  @Test
  void aConfigurationThatIsNoJsonMakesTheNodeNotReadyAndIsNamed() throws IOException {
    Files.writeString(configuration(), "{ this is no json");
    awaitNetwork(false, CONFIGURATION);
    assertPodRefused(Code.UNAVAILABLE, "network");
  }

  @Test
  void podsOfTheHostsNetworkStartWithoutOne() throws IOException {
    Files.delete(configuration());
    awaitNetwork(false, NODE.networks().toString());
    assertPodRefused(Code.UNAVAILABLE, NODE.networks().toString());
    assertThat(NODE.pod(NODE.hostNetworkConfig()).idle().sh("echo up")).isEqualTo("up");
  }

  @Test
  void aFolderThatIsRemovedAndMadeAgainIsNoticed() throws IOException {
    Files.delete(configuration());
    Files.delete(NODE.networks());
    awaitNetwork(false, NODE.networks().toString());
    Files.createDirectory(NODE.networks());
    Files.writeString(configuration(), good);
    awaitNetwork(true, "");
    assertThat(NODE.pod().ip()).startsWith(NODE.range());
  }

  @Test
  void aMissingPluginIsNamedAndThoseBeforeItGiveTheirAddressBack() throws IOException {
    addPlugin("{\"type\": \"no-such-plugin\"}");
    assertPodRefused(Code.UNAVAILABLE, "no-such-plugin");
    assertNoLeaseIsLeft();
  }

  @Test
  void aFailingPluginIsQuotedAndThoseBeforeItGiveTheirAddressBack() throws IOException {
    addPlugin("{\"type\": \"tuning\", \"sysctl\": {\"net.ipv4.no_such_thing\": \"1\"}}");
    assertPodRefused(Code.UNAVAILABLE, "tuning", "no_such_thing");
    assertNoLeaseIsLeft();
  }

  @Test
  void aPodGoesDownWithoutTheConfigurationThatItCameUpWith() throws IOException {
    TestPod pod = NODE.pod();
    assertThat(NODE.leases()).hasSize(1);
    Files.delete(configuration());
    awaitNetwork(false, "");
    pod.stop();
    pod.remove();
    NODE.assertNoPodIsLeft();
    assertNoLeaseIsLeft();
  }

  /** With its network's namespace gone the bridge plugin would leave its rules behind. */
  @Test
  void whatAPluginHasMadeIsTakenBackWhenThePluginReturns() throws IOException {
    Path plugins = Files.createDirectories(NODE.scratch().disk().resolve("cni-plugins"));
    Path plugin = plugins.resolve("passing-bridge");
    Files.createSymbolicLink(plugin, CniNetwork.PLUGINS.resolve("bridge"));
    CniChanges.put(
        NODE, CONFIGURATION, good.replace("\"type\": \"bridge\"", "\"type\": \"passing-bridge\""));
    // A fresh daemon has read it, however slowly the one before is told of changes.
    NODE.daemon().stop();
    NODE.daemon().start();
    Leaks before = Leaks.look();
    TestPod pod = NODE.pod();
    int pause = pod.pausePid();
    Files.delete(plugin);
    assertRefused(pod::stop, Code.UNAVAILABLE, "passing-bridge");
    Waiting.until(PATIENCE, () -> !Witness.exists(pause), () -> "the pause process lives on");
    Files.createSymbolicLink(plugin, CniNetwork.PLUGINS.resolve("bridge"));
    pod.stop();
    pod.remove();
    Files.delete(plugin);
    before.assertNothingNew();
  }

  private void addPlugin(String plugin) throws IOException {
    String changed = good.replaceFirst("\\{\"type\": \"portmap\"[^\\n]*", plugin);
    assertThat(changed).isNotEqualTo(good);
    CniChanges.put(NODE, CONFIGURATION, changed);
    String _ = CniChanges.awaitRefusal(NODE);
  }

  private static void assertPodRefused(Code code, String... parts) throws IOException {
    PodSandboxConfig config = NODE.podConfig().build();
    assertRefused(() -> TestPod.run(NODE, config, ""), code, parts);
    NODE.assertNoPodIsLeft();
  }

  private static void awaitNetwork(boolean ready, String messagePart) throws IOException {
    RuntimeCondition[] last = new RuntimeCondition[1];
    Waiting.until(
        PATIENCE,
        () -> {
          last[0] = condition();
          return last[0].getStatus() == ready && last[0].getMessage().contains(messagePart);
        },
        () -> "the network is not ready=%s but %s".formatted(ready, last[0]));
  }

  private static RuntimeCondition condition() {
    return NODE
        .cri()
        .runtime()
        .status(StatusRequest.getDefaultInstance())
        .getStatus()
        .getConditionsList()
        .stream()
        .filter(c -> c.getType().equals("NetworkReady"))
        .findFirst()
        .orElseThrow();
  }

  private static void assertNoLeaseIsLeft() throws IOException {
    assertThat(NODE.leases()).isEmpty();
  }

  private static Path configuration() {
    return NODE.networks().resolve(CONFIGURATION);
  }
}
