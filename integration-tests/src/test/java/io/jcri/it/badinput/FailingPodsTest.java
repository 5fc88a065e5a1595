package io.jcri.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Leaks;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Pods that fail one after another on a network of 13 addresses, because of a plugin that comes
 * after the one that gives addresses: each would take one away for good.
 */
class FailingPodsTest {
  private static final String CONFIGURATION = "10-test.conflist";

  /** More than the network has addresses; {@code JCRI_FAILING_PODS} for a longer run. */
  private static final int PODS =
      Optional.ofNullable(System.getenv("JCRI_FAILING_PODS")).map(Integer::parseInt).orElse(40);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private String good = "";
  private Path plugin = Path.of("");

  @BeforeEach
  void chainAPluginThatFails() throws IOException {
    Path plugins = Files.createDirectories(NODE.scratch().disk().resolve("cni-plugins"));
    plugin = plugins.resolve("failing-tuning");
    good = Files.readString(NODE.networks().resolve(CONFIGURATION));
    String small =
        good.replaceFirst("\"subnet\": \"([0-9.]+)/\\d+\"", "\"subnet\": \"$1/28\"")
            .replace("\"bridge\": \"" + NODE.bridge(), "\"bridge\": \"" + bridge())
            .replaceFirst("\\{\"type\": \"portmap\"[^\\n]*", "{\"type\": \"failing-tuning\"}");
    assertThat(small).contains("/28", "failing-tuning");
    CniChanges.put(NODE, CONFIGURATION, small);
  }

  @AfterEach
  void restore() throws IOException {
    CniChanges.put(NODE, CONFIGURATION, good);
    Files.deleteIfExists(plugin);
    Command.of("ip", "link", "delete", bridge()).run();
  }

  /** One of its own: the plugin wants no other address on it. */
  private static String bridge() {
    return NODE.bridge().replaceFirst("jctb", "jctf");
  }

  @Test
  void aPluginThatIsNotThere() throws IOException {
    assertNothingIsLeft();
  }

  @Test
  void aPluginThatFailsWhateverItIsAsked() throws IOException {
    Files.writeString(
        plugin,
        """
        #!/bin/sh
        echo '{"cniVersion": "1.0.0", "code": 999, "msg": "told to fail"}'
        exit 1
        """);
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertNothingIsLeft();
  }

  /** As long as the DEL fails the pod may be kept; it gives its address back all the same. */
  private static void assertNothingIsLeft() throws IOException {
    CniChanges.awaitRefusal(NODE);
    NODE.cri().removeAllPods();
    Leaks before = Leaks.look();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      PodSandboxConfig config = NODE.podConfig().build();
      try {
        TestPod.run(NODE, config, "");
        others.add("pod %d is up".formatted(i));
      } catch (StatusRuntimeException e) {
        if (!String.valueOf(e.getMessage()).contains("failing-tuning")) {
          others.add("pod %d: %s".formatted(i, e.getMessage()));
        }
      }
    }
    assertThat(others)
        .as("each fails for the plugin's sake, and none for want of addresses")
        .isEmpty();
    assertThat(NODE.leases()).isEmpty();
    NODE.assertNoPodIsLeft();
    before.assertNothingNew();
  }
}
