package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TarWriter;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints that somebody has changed: they come from outside, and whoever restores is root. */
class HostileCheckpointsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void needCriu() {
    CheckpointCalls.needCriu();
  }

  private static void refused(RestorePodRequest request, Code code, String... parts)
      throws IOException {
    RestoreCalls.assertRefused(NODE, request, code, parts);
  }

  @Test
  void imagesThatCriuCannotUseFailTheStart() throws IOException {
    SavedPod saved = SavedPod.make(NODE);
    Path out = Files.createDirectory(saved.folder().resolveSibling(saved.counter().id()));
    Command.of("tar", "-xf", saved.archive().toString(), "-C", out.toString()).run().orThrow();
    Files.delete(out.resolve("checkpoint").resolve("inventory.img"));
    Command.of("tar", "-cf", saved.archive().toString(), "-C", out.toString(), ".").run().orThrow();
    RestorePodRequest request = saved.request(NODE).build();
    TestContainer continued = RestoreCalls.one(NODE, request);
    assertRefused(continued::start, Code.INTERNAL, "CRIU's last words", "empty-image");
    ContainerStatus status = continued.status();
    assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status.getReason()).isEqualTo("StartError");
    assertThat(status.getMessage()).contains("empty-image");
    CheckpointCalls.assertUntouched(NODE, saved.counter());
  }

  @Test
  void imagesThatGiveMoreThanTheRequestAreRefused() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig config = pod.container(COUNTER).build();
    TestContainer counter = pod.start(config.toBuilder());
    ContainerConfig.Builder confined = config.toBuilder();
    confined.getMetadataBuilder().setName("confined");
    confined
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getCapabilitiesBuilder()
        .addDropCapabilities("ALL");
    TestContainer other = pod.start(confined);
    Path folder = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, folder, other);
    Path more = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, more, counter);
    // The confined one's papers, with the images of one that has more.
    Path papers = Files.createDirectory(folder.resolve("papers"));
    Path images = Files.createDirectory(folder.resolve("images"));
    Path archive = folder.resolve(other.id() + ".tar");
    Command.of("tar", "-xf", archive.toString(), "-C", papers.toString()).run().orThrow();
    Path theirs = more.resolve(counter.id() + ".tar");
    Command.of("tar", "-xf", theirs.toString(), "-C", images.toString()).run().orThrow();
    Command.of("rm", "-r", papers.resolve("checkpoint").toString()).run().orThrow();
    Files.move(images.resolve("checkpoint"), papers.resolve("checkpoint"));
    Command.of("tar", "-cf", archive.toString(), "-C", papers.toString(), ".").run().orThrow();
    refused(
        CheckpointCalls.restoreRequest(
            folder, CheckpointCalls.another(NODE, pod.config()), List.of(confined.build())),
        Code.INVALID_ARGUMENT,
        "core-",
        "capabilities beyond the request's");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void aHostileArchiveIsRefusedAndLeavesNothing(String name, String part, TarEntry... entries)
      throws IOException {
    SavedPod saved = SavedPod.make(NODE);
    Path outside = saved.folder().resolveSibling("outside");
    try (TarWriter tar = new TarWriter(Files.newOutputStream(saved.archive()))) {
      for (TarEntry entry : entries) {
        tar.add(entry);
      }
    }
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, part);
    assertThat(outside).doesNotExist();
    CheckpointCalls.assertUntouched(NODE, saved.counter());
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        hostile("climbs", "climbs", TarEntry.file("../../../outside", "x")),
        hostile(
            "through a link",
            "symbolic link",
            TarEntry.symbolicLink("checkpoint", "/tmp"),
            TarEntry.file("checkpoint/outside", "x")),
        hostile("hard link", "hard link", TarEntry.hardLink("spec.dump", "/etc/shadow", 0600)),
        hostile(
            "device",
            "device",
            TarEntry.device(TarEntry.Type.CHARACTER_DEVICE, "status.dump", 0600, 1, 8)),
        hostile("pipe", "pipe", TarEntry.fifo("status.dump", 0600)),
        hostile(
            "twice",
            "twice",
            TarEntry.file("status.dump", "{}"),
            TarEntry.file("status.dump", "{}")),
        hostile("deep", "deep", TarEntry.file("a/b/c/d/e/f/g/h/i/j/k", "x")),
        hostile("empty", "status.dump"),
        hostile("no json", "", TarEntry.file("status.dump", "{")),
        hostile("large", "bytes", TarEntry.file("status.dump", " ".repeat(2 << 20))));
  }

  private static Arguments hostile(String name, String part, TarEntry... entries) {
    return Arguments.of(name, part, entries);
  }

  @Test
  void anArchiveThatIsALinkOrIsCutIsRefused() throws IOException {
    SavedPod saved = SavedPod.make(NODE);
    Path moved = saved.folder().resolveSibling("moved-" + saved.counter().id());
    Files.move(saved.archive(), moved);
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, saved.archive().toString());
    Files.createSymbolicLink(saved.archive(), moved);
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, saved.archive().toString());
    Files.delete(saved.archive());
    byte[] whole = Files.readAllBytes(moved);
    Files.write(saved.archive(), Arrays.copyOf(whole, whole.length / 2));
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, "larger than");
    Files.write(saved.archive(), whole);
    Path manifest = saved.folder().resolve("pod.options");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace(saved.counter().id(), "../../etc/x"));
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, "pod.options");
    Files.writeString(manifest, text.replace("\"runc\"", "\"crun\""));
    refused(saved.request(NODE).build(), Code.FAILED_PRECONDITION, "crun");
    Files.writeString(manifest, text);
    assertThat(RestoreCalls.one(NODE, saved.request(NODE).build()).state())
        .isEqualTo(ContainerState.CONTAINER_CREATED);
  }
}
