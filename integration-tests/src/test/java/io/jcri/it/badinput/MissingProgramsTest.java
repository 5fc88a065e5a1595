package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertLoggedInOneLine;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that are not there: the container's own, and the OCI runtime. */
class MissingProgramsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aProgramThatTheImageLacksIsNamedAndTheContainerTellsIt() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.create(pod.container("/no/such/program"));
    assertRefused(container::start, Code.INTERNAL, "/no/such/program");
    assertLoggedInOneLine(NODE, "/no/such/program");

    ContainerStatus status = container.status();
    assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status.getExitCode()).isEqualTo(128);
    assertThat(status.getReason()).isEqualTo("StartError");
    assertThat(status.getMessage()).contains("/no/such/program");
    assertThat(status.getFinishedAt()).isPositive();
    container.remove();
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aFileThatIsNoProgramIsNamed() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.create(pod.container("/etc/passwd"));
    assertRefused(container::start, Code.INTERNAL, "/etc/passwd");
  }

  @Test
  void aRuntimeThatIsNotThereIsNamedAndTheOthersGoOn() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.idle();
    Path configuration = NODE.daemon().configuration();
    String before = Files.readString(configuration);
    NODE.daemon().stop();
    Files.writeString(
        configuration,
        "\n[handlers.runc]\nbinary = \"/no/such/runc\"\n",
        StandardOpenOption.APPEND);
    NODE.daemon().start();
    try {
      assertThat(
              NODE.cri()
                  .runtime()
                  .status(StatusRequest.getDefaultInstance())
                  .getStatus()
                  .getConditionsList())
          .anySatisfy(condition -> {
            assertThat(condition.getType()).isEqualTo("RuntimeReady");
            assertThat(condition.getStatus()).isFalse();
            assertThat(condition.getMessage()).contains("/no/such/runc");
          });
      assertRefused(() -> NODE.pod().idle(), Code.FAILED_PRECONDITION, "/no/such/runc");
      assertThat(running.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    } finally {
      NODE.daemon().stop();
      Files.writeString(configuration, before);
      NODE.daemon().start();
    }
    assertThat(running.sh("echo back")).isEqualTo("back");
  }
}
