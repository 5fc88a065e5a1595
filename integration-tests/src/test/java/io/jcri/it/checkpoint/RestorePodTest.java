package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods that go on where a checkpoint has left them. */
class RestorePodTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void needCriu() {
    CheckpointCalls.needCriu();
  }

  @Test
  void aRestoredContainerCountsOn() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig config = pod.container(COUNTER).build();
    TestContainer counter = pod.start(config.toBuilder());
    counter.sh("echo kept > /kept; rm /etc/group");
    counter.awaitLog("count 20");
    Path checkpoint = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, checkpoint, counter);
    int then = CheckpointCalls.count(counter);
    counter.awaitLog("count " + (then + 3));
    pod.stop();
    pod.remove();

    var again = CheckpointCalls.another(NODE, pod.config());
    RestorePodResponse restored = CheckpointCalls.restore(NODE, checkpoint, again, List.of(config));
    assertThat(restored.getRestoredContainersList())
        .singleElement()
        .satisfies(one -> assertThat(one.getName()).isEqualTo(config.getMetadata().getName()));
    TestPod second = TestPod.of(NODE, again, restored.getPodSandboxId());
    TestContainer continued =
        second.container(config, restored.getRestoredContainers(0).getContainerId());
    assertThat(continued.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    continued.start();
    continued.awaitLog("count " + (then + 10));
    assertThat(continued.log().stream().map(line -> line.text()))
        .doesNotHaveDuplicates()
        .startsWith("count 1");
    assertThat(continued.sh("cat /kept")).isEqualTo("kept");
    assertThat(continued.exec("cat", "/etc/group").exitCode()).isNotZero();
    continued.stop(1);
    assertThat(continued.status().getExitCode()).isEqualTo(137);
  }
}
