package io.jcri.it.nri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.nri.v1alpha1.Ttrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Plugins whose messages are together more than the daemon's heap of 128 MiB. */
class LargeMessagesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST = 4 << 20;
  private static final int PLUGINS = 40;

  /** As many fit in 16 MiB without the 64 KiB that each has for nothing; five would not even so. */
  private static final int FIT = 4;

  @RegisterExtension static final TestNode NODE = new TestNode();

  private long pid;

  @BeforeEach
  void bePatient() throws IOException {
    NriSettings.change(NODE, NriSettings.PATIENT + NriSettings.PATIENT_AT_THE_DOOR);
    pid = NODE.daemon().process().pid();
  }

  @AfterEach
  void theSameDaemonMakesPods() throws IOException {
    assertThat(NODE.pod().idle().sh("echo well")).isEqualTo("well");
    assertThat(NODE.daemon().process().isAlive()).isTrue();
    assertThat(NODE.daemon().process().pid()).isEqualTo(pid);
  }

  /** All but the last byte of the largest message, each from a plugin of its own. */
  @Test
  void messagesWithoutAnEndTakeAPartThatAllShare() throws IOException {
    byte[] endless =
        ByteBuffer.allocate(8 + 10 + MOST - 1)
            .putInt(PluginWire.RUNTIME_SERVICE)
            .putInt(10 + MOST - 1)
            .putInt(MOST)
            .putInt(101)
            .put(PluginWire.REQUEST)
            .array();
    List<TestPlugin> plugins = new ArrayList<>();
    try {
      for (int i = 0; i < PLUGINS; i++) {
        plugins.add(TestPlugin.join(NODE.daemon().nriSocket(), "10", "endless" + i));
      }
      for (TestPlugin plugin : plugins) {
        Thread _ = Thread.ofVirtual().start(() -> send(plugin, endless));
      }
      Waiting.until(
          PATIENCE,
          () -> plugins.stream().filter(TestPlugin::hasEnded).count() >= PLUGINS - FIT,
          () -> "most are still connected");
      assertThat(NODE.pod().idle().sh("echo up")).isEqualTo("up");
    } finally {
      for (TestPlugin plugin : plugins) {
        plugin.close();
      }
    }
    assertThat(Files.readString(NODE.daemon().log())).contains("a message finds no room");
  }

  private static void send(TestPlugin plugin, byte[] bytes) {
    try {
      plugin.wire().writeRaw(bytes);
    } catch (IOException cutOff) {
      // as most are
    }
  }

  @Test
  void manyLargeCallsAreEachAnswered() throws Exception {
    ByteString large = ByteString.copyFrom(new byte[MOST - 1024]);
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "talker");
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Ttrpc.Response>> answers = new ArrayList<>();
      for (int i = 0; i < PLUGINS; i++) {
        Callable<Ttrpc.Response> call = () -> plugin.call("a.Service", "Method", large);
        answers.add(callers.submit(call));
      }
      for (Future<Ttrpc.Response> answer : answers) {
        assertThat(answer.get().getStatus().getCode()).as("unimplemented or exhausted").isIn(12, 8);
      }
    }
  }

  /** They never register. */
  @Test
  void connectionsBeyondThoseThatMayBecomePluginsAreClosed() throws IOException {
    List<TestPlugin> some = new ArrayList<>();
    try {
      for (int i = 0; i < 80; i++) {
        some.add(TestPlugin.dial(NODE.daemon().nriSocket(), "10", "silent" + i));
      }
      some.getLast().awaitEnd();
      assertThat(some.getFirst().hasEnded()).isFalse();
    } finally {
      for (TestPlugin plugin : some) {
        plugin.close();
      }
    }
  }
}
