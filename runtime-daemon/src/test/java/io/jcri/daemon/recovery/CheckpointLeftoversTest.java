package io.jcri.daemon.recovery;

import static io.jcri.daemon.recovery.FoundNode.CONTAINER;
import static io.jcri.daemon.recovery.FoundNode.POD;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.UnreadablePod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon that ended while it checkpointed has left paused goes on. */
class CheckpointLeftoversTest {
  private static final Map.Entry<String, String> WHY =
      Map.entry(UnreadableContainer.ANNOTATION, "why");

  @TempDir private Path directory;
  private FoundNode node;

  @BeforeEach
  void open() throws IOException {
    node = new FoundNode(directory);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void end() {
    node.checkpointLeftovers().end(true);
  }

  private Path paused(String stage) throws IOException {
    return Files.writeString(node.layout.paused().resolve(CONTAINER), stage);
  }

  private void knownPod(String handler) {
    node.pods.addLoaded(
        Samples.record(
            Pod.class,
            Map.of(
                "id",
                POD,
                "phase",
                PodPhase.READY,
                "config",
                Samples.record(PodConfig.class, Map.of("handler", handler)))));
  }

  private void container() {
    node.containers.addLoaded(
        Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
  }

  private void knowsNone(String runtime) throws IOException {
    says(runtime, "container does not exist");
  }

  private void says(String runtime, String error) throws IOException {
    node.runtime(runtime, "echo '{\"msg\":\"%s\"}' >&2; exit 1".formatted(error));
  }

  @Test
  void aContainerGoesOnByItsPodsHandlerAndHalfACheckpointGoes() throws IOException {
    knownPod("other");
    container();
    Path stage = directory.resolve("stage");
    Files.createDirectories(stage.resolve("below"));
    Path note = paused(stage.toString());
    end();
    assertThat(node.asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(node.asked("one")).isEmpty();
    assertThat(note).doesNotExist();
    assertThat(stage).doesNotExist();
  }

  @Test
  void oneOfAPodThatCannotBeReadGoesOnByWhicheverHandlerKnowsIt() throws IOException {
    node.pods.addUnreadable(UnreadablePod.of(POD, WHY, Map.of(), 1, "boot"));
    container();
    knowsNone("one");
    Path note = paused("");
    end();
    assertThat(node.asked("one")).containsExactly("resume " + CONTAINER);
    assertThat(node.asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(note).doesNotExist();
  }

  @Test
  void soDoesOneThatDoesNotTellItsPod() throws IOException {
    node.containers.addUnreadable(
        UnreadableContainer.of(CONTAINER, "why", node.layout.bundle(CONTAINER), 1, "boot"));
    knowsNone("one");
    Path note = paused("");
    end();
    assertThat(node.asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(note).doesNotExist();
  }

  @Test
  void theNoteStaysUntilItGoesOn() throws IOException {
    node.pods.addUnreadable(UnreadablePod.of(POD, WHY, Map.of(), 1, "boot"));
    container();
    says("one", "cgroup is busy");
    knowsNone("other");
    Path note = paused("");
    end();
    assertThat(node.asked("other")).as("one that fails keeps nobody from it").hasSize(1);
    assertThat(note).exists();
    node.runtime("other", "exit 0");
    end();
    assertThat(note).as("the other has let it go on").doesNotExist();
  }

  /** Its handler is not offered today, or cannot be run. */
  @Test
  void theNoteStaysAsLongAsNoneKnowsIt() throws IOException {
    node.pods.addUnreadable(UnreadablePod.of(POD, WHY, Map.of(), 1, "boot"));
    container();
    knowsNone("one");
    knowsNone("other");
    Path note = paused("");
    end();
    assertThat(note).exists();
    says("other", "container is not paused");
    end();
    assertThat(note).as("that it is not paused says who knows it").doesNotExist();
  }

  @Test
  void aRuntimeThatCannotBeExecutedHasLetNothingGoOn() throws IOException {
    knownPod("other");
    container();
    Files.writeString(directory.resolve("other"), "#!/no/such/interpreter");
    Path note = paused("");
    end();
    assertThat(note).exists();
  }

  @Test
  void whatNobodyWaitsForGoes() throws IOException {
    Path gone = paused("");
    Path waiting = Files.createDirectories(node.layout.checkpoint(CONTAINER));
    Path left = Files.createDirectories(node.layout.checkpoint("c".repeat(64)));
    node.containers.addLoaded(
        Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.CREATED));
    knownPod("one");
    end();
    assertThat(gone).doesNotExist();
    assertThat(waiting).exists();
    assertThat(left).doesNotExist();
  }

  @Test
  void halfAPodGoes() throws IOException {
    Path note = Files.writeString(node.layout.restoring().resolve(POD), "");
    end();
    assertThat(note).doesNotExist();
  }

  /** Whatever runs for the capture has its stage as an argument. */
  @Test
  void aCaptureThatIsStillAtWorkIsEndedFirst() throws Exception {
    knownPod("one");
    container();
    Path stage = Files.createDirectories(directory.resolve("stage"));
    Process capture = new ProcessBuilder("sh", "-c", "read x", "sh", stage.toString()).start();
    Path note = paused(stage.toString());
    end();
    assertThat(capture.waitFor()).isEqualTo(137);
    assertThat(note).doesNotExist();
  }
}
