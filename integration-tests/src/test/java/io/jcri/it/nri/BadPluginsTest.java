package io.jcri.it.nri;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.Ttrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Plugins that hang, die, talk nonsense or are not there. Pods go on without them, or not at all.
 */
class BadPluginsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void bePatient() throws IOException {
    configure("");
  }

  @AfterEach
  void theNodeStillMakesPods() throws IOException {
    assertThat(NODE.pod().idle().sh("echo well")).isEqualTo("well");
  }

  @Test
  void aPluginThatDoesNotAnswerIsDroppedAndTheCallSucceeds() throws IOException {
    configure("request_timeout_seconds = 2");
    CountDownLatch never = new CountDownLatch(1);
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "sleeper")) {
      plugin.on(
          "CreateContainer",
          request -> {
            never.await();
            return NriApi.Empty.getDefaultInstance();
          });
      TestContainer container = NODE.pod().idle();
      plugin.awaitEnd();
      assertThat(container.sh("echo up")).isEqualTo("up");
      assertThat(Files.readString(NODE.daemon().log()))
          .contains("10-sleeper")
          .contains("no answer to CreateContainer");
    } finally {
      never.countDown();
      configure("");
    }
  }

  @Test
  void aPluginThatDiesInTheMiddleOfACallIsDropped() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "mortal")) {
      plugin.on(
          "CreateContainer",
          request -> {
            plugin.hangUp();
            return NriApi.Empty.getDefaultInstance();
          });
      assertThat(NODE.pod().idle().sh("echo up")).isEqualTo("up");
    }
  }

  @Test
  void anAnswerThatCantBeReadFailsTheCreation() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "babbler")) {
      plugin.on(
          "CreateContainer",
          request -> Ttrpc.KeyValue.newBuilder().setKey("\u0001\u0002 no such message").build());
      TestPod pod = NODE.pod();
      var config = pod.container("true");
      assertRefused(() -> pod.create(config), Code.INTERNAL, "10-babbler", "can't be read");
      NODE.assertNoSnapshotIsLeft();
    }
  }

  @Test
  void withoutARequiredPluginNoContainerIsCreated() throws IOException {
    configure("required = [\"guard\"]\ntolerate_missing = \"example.com/no-guard\"");
    try {
      TestPod pod = NODE.pod();
      var config = pod.container("sleep", "100000");
      assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "guard", "not connected");
      NODE.assertNoSnapshotIsLeft();

      var tolerant = NODE.podConfig();
      tolerant.putAnnotations("example.com/no-guard", "true");
      NODE.pod(tolerant).idle();

      try (TestPlugin guard = TestPlugin.join(NODE.daemon().nriSocket(), "10", "guard")) {
        pod.create(pod.container("true"));
        guard.on(
            "CreateContainer",
            request -> {
              guard.hangUp();
              return NriApi.Empty.getDefaultInstance();
            });
        var next = pod.container("true");
        assertRefused(() -> pod.create(next), Code.FAILED_PRECONDITION, "guard");
      }
    } finally {
      configure("");
    }
  }

  @Test
  void aPodMayRequireAPluginItself() throws IOException {
    var demanding = NODE.podConfig();
    demanding.putAnnotations("required-plugins.noderesource.dev", "- \"guard\"\n- other");
    TestPod pod = NODE.pod(demanding);
    var config = pod.container("true");
    assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "guard", "other");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void whatTheNodesOwnerRejectsIsNotAdjusted() throws IOException {
    configure("reject = [\"hooks\"]");
    var adjustment = NriApi.ContainerAdjustment.newBuilder();
    adjustment.getHooksBuilder().addPoststopBuilder().setPath("/bin/true");
    try (TestPlugin _ =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "hooker").adjust(adjustment.build())) {
      TestPod pod = NODE.pod();
      var config = pod.container("true");
      assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "10-hooker", "hooks");
    } finally {
      configure("");
    }
  }

  @ParameterizedTest
  @CsvSource({"7,name,index", "xx,name,index", "'',name,index", "10,'',name"})
  void badNamesAreNotRegistered(String index, String name, String what) throws IOException {
    try (TestPlugin plugin = TestPlugin.dial(NODE.daemon().nriSocket(), index, name)) {
      assertThat(plugin.register().getStatus().getMessage()).contains(what);
      plugin.awaitEnd();
    }
  }

  @Test
  void whatIsNoPluginIsCutOff() throws IOException {
    byte[] http = "GET / HTTP/1.1\r\nHost: nri\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] hugeFrame = ByteBuffer.allocate(8).putInt(2).putInt(-1).array();
    byte[] hugeMessage =
        ByteBuffer.allocate(18)
            .putInt(2)
            .putInt(10)
            .putInt(5 << 20)
            .putInt(1)
            .put((byte) 1)
            .array();
    byte[] evenStream =
        ByteBuffer.allocate(18).putInt(2).putInt(10).putInt(0).putInt(2).put((byte) 1).array();
    for (byte[] nonsense : new byte[][] {http, hugeFrame, hugeMessage, evenStream}) {
      try (TestPlugin plugin = TestPlugin.dial(NODE.daemon().nriSocket(), "10", "noise")) {
        plugin.wire().writeRaw(nonsense);
        plugin.awaitEnd();
      }
    }
  }

  @Test
  void callsThatArePartOfNothingAreAnsweredWithAnError() throws IOException {
    try (TestPlugin plugin = TestPlugin.dial(NODE.daemon().nriSocket(), "10", "eager")) {
      assertThatThrownBy(() -> plugin.update(NriApi.UpdateContainersRequest.getDefaultInstance()))
          .hasMessageContaining("only a registered plugin");
      assertThat(plugin.call("a.Service", "Method", ByteString.EMPTY).getStatus().getCode())
          .isEqualTo(12);
      plugin.register();
      assertThat(plugin.register().getStatus().getMessage()).contains("already");
    }
  }

  @Test
  void theSocketGoesWithTheDaemon() throws IOException {
    NODE.daemon().stop();
    assertThat(NODE.daemon().nriSocket()).doesNotExist();
    NODE.daemon().start();
    assertThat(NODE.daemon().nriSocket()).exists();
  }

  /** It never registers: it is let go, and the daemon serves all the same. */
  @Test
  void anInstalledPluginThatSaysNothingIsEnded() throws IOException {
    try (InstalledPlugin plugin = InstalledPlugin.put(NODE, "10-mute", "cat <&3 > /dev/null")) {
      configure("registration_timeout_seconds = 1");
      plugin.awaitTrace("socket:");
      assertThat(Files.readString(NODE.daemon().log()))
          .contains("NRI plugin 10-mute is not let in");
    } finally {
      configure("");
    }
  }

  /** With lines of the test's own, and otherwise patience with plugins. */
  private static void configure(String more) throws IOException {
    NriSettings.change(
        NODE, (more.contains("request_timeout_seconds") ? "" : NriSettings.PATIENT) + more);
  }
}
