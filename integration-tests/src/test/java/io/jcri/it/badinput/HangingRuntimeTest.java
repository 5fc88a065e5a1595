package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An OCI runtime whose start never ends: whoever wants the container gone does not wait for it. */
class HangingRuntimeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HANDLER = "hanging";
  private static final Path FOLDER = folder();
  private static final Path PID = FOLDER.resolve("pid");

  @RegisterExtension
  static final TestNode NODE = new TestNode(Map.of(HANDLER, FOLDER.resolve("runc")));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterAll
  static void deleteFolder() throws IOException {
    Files.deleteIfExists(PID);
    Files.deleteIfExists(FOLDER.resolve("runc"));
    Files.deleteIfExists(FOLDER);
  }

  @Test
  void theStopOfThePodEndsTheStart() throws Exception {
    TestPod pod = NODE.pod(NODE.podConfig(), HANDLER);
    TestContainer container = pod.create(pod.container("true"));
    Future<?> start = threads.submit(container::start);
    int runtime = runtime();
    pod.stop();
    assertEnded(container, start, runtime);
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void theStopOfTheContainerEndsTheStartAfterItsGracePeriod() throws Exception {
    TestPod pod = NODE.pod(NODE.podConfig(), HANDLER);
    TestContainer container = pod.create(pod.container("true"));
    Future<?> start = threads.submit(container::start);
    int runtime = runtime();
    container.stop(1);
    assertEnded(container, start, runtime);
  }

  @Test
  void theRemovalOfTheContainerEndsTheStart() throws Exception {
    TestPod pod = NODE.pod(NODE.podConfig(), HANDLER);
    TestContainer container = pod.create(pod.container("true"));
    Future<?> start = threads.submit(container::start);
    int runtime = runtime();
    container.remove();
    assertThatThrownBy(start::get).hasMessageContaining(container.id());
    assertThat(Witness.exists(runtime)).isFalse();
    assertRefused(container::status, Code.NOT_FOUND, container.id());
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void otherPodsDoNotNoticeIt() throws Exception {
    TestPod pod = NODE.pod(NODE.podConfig(), HANDLER);
    TestContainer container = pod.create(pod.container("true"));
    Future<?> start = threads.submit(container::start);
    int runtime = runtime();
    assertThat(NODE.pod().idle().sh("echo here")).isEqualTo("here");
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    pod.remove();
    assertThatThrownBy(start::get).hasMessageContaining(container.id());
    assertThat(Witness.exists(runtime)).isFalse();
  }

  private static void assertEnded(TestContainer container, Future<?> start, int runtime) {
    assertThatThrownBy(start::get).hasMessageContaining(container.id());
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(container.status().getReason()).isEqualTo("StartError");
    assertThat(Witness.exists(runtime)).isFalse();
  }

  /** Waits until the runtime hangs. Returns its process id. */
  private static int runtime() throws IOException {
    Waiting.until(PATIENCE, () -> Files.exists(PID), () -> "the runtime was not called");
    int pid = Integer.parseInt(Files.readString(PID).strip());
    Files.delete(PID);
    return pid;
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("jcri-hanging");
      Path script =
          Files.writeString(
              folder.resolve("runc"),
              """
              #!/bin/sh
              for word; do
                if [ "$word" = run ]; then
                  echo $$ > %1$s/pid.new
                  mv %1$s/pid.new %1$s/pid
                  exec sleep 100000
                fi
              done
              exec runc "$@"
              """
                  .formatted(folder));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return folder;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
