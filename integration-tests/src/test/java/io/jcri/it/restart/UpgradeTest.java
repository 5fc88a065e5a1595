package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The daemon of an older version is replaced by this one and back again. {@code JCRI_OLD_DIST}
 * names its distribution; {@code scripts/upgrade COMMIT} builds one.
 */
@EnabledIfEnvironmentVariable(named = "JCRI_OLD_DIST", matches = ".+")
class UpgradeTest {
  private static final int PODS = 20;

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** All that a client sees. */
  private record Lists(Set<PodSandbox> pods, Set<Container> containers, Set<Image> images) {
    static Lists now() {
      var runtime = NODE.cri().runtime();
      return new Lists(
          new HashSet<>(
              runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()),
          new HashSet<>(
              runtime
                  .listContainers(ListContainersRequest.getDefaultInstance())
                  .getContainersList()),
          new HashSet<>(
              NODE.cri()
                  .images()
                  .listImages(ListImagesRequest.getDefaultInstance())
                  .getImagesList()));
    }
  }

  private static Path old() {
    return Path.of(System.getenv("JCRI_OLD_DIST"));
  }

  private static void assertAllRun(List<TestContainer> containers, List<Integer> pids) {
    for (int i = 0; i < containers.size(); i++) {
      assertThat(containers.get(i).pid()).as("nothing was restarted").isEqualTo(pids.get(i));
      assertThat(containers.get(i).sh("echo " + i)).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void podsImagesAndSnapshotsOutliveTheUpgradeAndTheWayBack() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startFrom(old());
    String _ = NODE.load("second", TestImages.busybox());
    List<TestContainer> containers = new ArrayList<>();
    List<Integer> pids = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      containers.add(NODE.pod().idle());
      pids.add(containers.getLast().pid());
    }
    TestPod pod = NODE.pod();
    TestContainer ended = pod.start("sh", "-c", "exit 7");
    assertThat(ended.awaitExit().getExitCode()).isEqualTo(7);
    TestContainer created = pod.create(pod.container("sh", "-c", "exit 8"));
    Lists before = Lists.now();

    NODE.daemon().kill();
    NODE.daemon().startFrom(Workspace.distribution());
    assertThat(Lists.now()).isEqualTo(before);
    assertAllRun(containers, pids);
    assertThat(ended.status().getExitCode()).isEqualTo(7);
    created.start();
    assertThat(created.awaitExit().getExitCode()).isEqualTo(8);
    containers.add(NODE.pod().idle());
    pids.add(containers.getLast().pid());
    String _ = NODE.load("third", TestImages.busybox());
    Lists between = Lists.now();

    NODE.daemon().kill();
    NODE.daemon().startFrom(old());
    assertThat(Lists.now()).isEqualTo(between);
    assertAllRun(containers, pids);
    assertThat(created.status().getExitCode()).isEqualTo(8);
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(Lists.now()).isEqualTo(between);
    assertAllRun(containers, pids);
  }
}
