package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Leaks;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a pod has in the kernel would be found, were it left behind. */
class LeftBehindTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void allThatAPodIsMadeOfIsFoundAndGoes() throws IOException {
    TestPod first = NODE.pod(); // the bridge comes with it, and stays
    first.stop();
    first.remove();
    Leaks before = Leaks.look();
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    List<String> found = Leaks.look().since(before);
    assertThat(found)
        .as("its pause process")
        .anyMatch(line -> line.startsWith("PROCESS " + pod.pausePid() + " "))
        .as("its container")
        .anyMatch(line -> line.startsWith("PROCESS " + container.pid() + " "))
        .as("its shim")
        .anyMatch(line -> line.startsWith("PROCESS ") && line.contains(" jcri-shim "))
        .as("its namespaces")
        .anyMatch(line -> line.startsWith("MOUNT nsfs ") && line.contains(pod.id()))
        .as("its root")
        .anyMatch(line -> line.startsWith("MOUNT overlay ") && line.contains(container.id()))
        .as("its cgroup")
        .anyMatch(line -> line.startsWith("CGROUP ") && line.contains(container.id()));
    pod.stop();
    pod.remove();
    assertThat(before.left()).isEmpty();
  }
}
