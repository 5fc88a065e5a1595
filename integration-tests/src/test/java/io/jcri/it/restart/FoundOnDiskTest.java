package io.jcri.it.restart;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever a daemon finds when it starts, it serves. */
class FoundOnDiskTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  /** A restore leaves a note that its pod must go if the daemon dies over it. */
  @Test
  void aHalfRestoredPodWhoseNetworkCannotBeLeftKeepsNobodyFromServing() throws IOException {
    withoutMasquerading();
    TestContainer other = NODE.pod().idle();
    TestPod half = NODE.pod();
    Path note = NODE.daemon().state().resolve("restoring").resolve(half.id());
    String configuration = Files.readString(NODE.daemon().configuration());
    try {
      NODE.daemon().kill();
      Files.createDirectories(note.getParent());
      Files.createFile(note);
      withPlugins(configuration, "/nonexistent");
      NODE.daemon().start();
      assertThat(other.sh("echo here")).isEqualTo("here");
      assertThat(note).as("for the next start").exists();
    } finally {
      NODE.daemon().kill();
      Files.writeString(NODE.daemon().configuration(), configuration);
      NODE.daemon().start();
    }
    assertRefused(half::status, Code.NOT_FOUND, half.id());
    assertThat(note).doesNotExist();
  }

  @Test
  void rubbishWhereNotesAndRecordsAreCostsOnlyItself() throws IOException {
    TestContainer container = NODE.pod().idle();
    Path root = NODE.daemon().root();
    Path state = NODE.daemon().state();
    NODE.daemon().kill();
    Path pause = Files.createDirectories(state.resolve("paused")).resolve("nobody");
    Files.writeString(pause, "no\0path");
    Path restore = Files.createDirectories(state.resolve("restoring")).resolve("nobody");
    Files.createDirectories(restore.resolve("folder"));
    Path record = Files.createDirectories(root.resolve("pods/folder.json"));
    Path image = root.resolve("image/images/torn.json");
    Files.writeString(image, "{torn");
    Files.write(state.resolve("events"), new byte[] {'\n', -1, 0, '\n'});
    Path admin = state.resolve("admin.sock");
    Files.deleteIfExists(admin);
    Files.createDirectories(admin.resolve("folder"));
    NODE.daemon().start();
    assertThat(container.sh("echo here")).isEqualTo("here");

    NODE.daemon().kill();
    Files.delete(pause);
    Files.delete(restore.resolve("folder"));
    Files.deleteIfExists(restore);
    Files.delete(record);
    Files.delete(image);
    Files.delete(admin.resolve("folder"));
    Files.delete(admin);
    NODE.daemon().start();
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  /** The bridge plugin takes such rules away within the namespace only, which will be gone. */
  private static void withoutMasquerading() throws IOException {
    Path network = NODE.networks().resolve("10-test.conflist");
    String usual = Files.readString(network);
    assertThat(usual).contains("\"ipMasq\": true");
    NODE.daemon().kill();
    Files.writeString(network, usual.replace("\"ipMasq\": true", "\"ipMasq\": false"));
    NODE.daemon().start();
  }

  private static void withPlugins(String configuration, String folder) throws IOException {
    String usual = "plugins = [\"" + CniNetwork.PLUGINS + "\"";
    assertThat(configuration).contains(usual);
    Files.writeString(
        NODE.daemon().configuration(),
        configuration.replace(usual, "plugins = [\"" + folder + "\""));
  }
}
