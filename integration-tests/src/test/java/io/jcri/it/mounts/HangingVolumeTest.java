package io.jcri.it.mounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A volume on a file system that does not answer: a container's creation hangs, nothing else. */
class HangingVolumeTest {
  private static final long PATIENCE_SECONDS = 60;

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Path place;
  private final Process server;
  private final Writer orders;
  private final BufferedReader answers;
  private final TestPod pod;
  private final ContainerConfig.Builder config;
  private final FutureTask<TestContainer> creation;

  /** A creation that has just begun to hang. */
  HangingVolumeTest() throws IOException {
    place = Files.createTempDirectory(NODE.scratch().disk(), "hang");
    server =
        new ProcessBuilder(Workspace.nativeProgram("hangfs").toString(), place.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    orders = server.outputWriter(StandardCharsets.US_ASCII);
    answers = server.inputReader(StandardCharsets.US_ASCII);
    assertThat(answers.readLine()).isEqualTo("ready");
    pod = NODE.pod();
    config = pod.container("sleep", "1000");
    config.addMounts(Volumes.host(place.resolve("volume"), "/volume"));
    creation = create();
    assertThat(answers.readLine()).isEqualTo("asked");
  }

  @AfterEach
  void endTheFileSystem() throws Exception {
    orders.close();
    assertThat(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    Command.of("umount", "-l", place.toString()).run();
  }

  @Test
  void nothingElseHangsAndARetryGetsWhatIsMadeAtLast() throws Exception {
    assertThat(pod.idle().sh("echo here")).isEqualTo("here");
    assertThat(NODE.pod().idle().sh("echo here")).isEqualTo("here");
    FutureTask<TestContainer> retry = create();
    assertThat(creation.isDone()).isFalse();

    release();

    TestContainer made = await(creation);
    assertThat(await(retry).id()).isEqualTo(made.id());
    made.start();
    assertThat(made.sh("ls -d /volume")).isEqualTo("/volume");
    pod.stop();
    pod.remove();
  }

  @Test
  void whatTheFileSystemsEndFailsIsRolledBack() throws Exception {
    orders.close();
    assertThatThrownBy(() -> await(creation)).isInstanceOf(ExecutionException.class);
    assertThatThrownBy(() -> pod.create(config)).hasMessageContaining(place.toString());
    assertThat(pod.idle().sh("echo here")).isEqualTo("here");
    pod.stop();
    pod.remove();
    NODE.assertNoSnapshotIsLeft();
  }

  private FutureTask<TestContainer> create() {
    FutureTask<TestContainer> task = new FutureTask<>(() -> pod.create(config));
    Thread.ofVirtual().start(task);
    return task;
  }

  private static TestContainer await(FutureTask<TestContainer> creation) throws Exception {
    return creation.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void release() throws IOException {
    orders.write("go\n");
    orders.flush();
  }
}
