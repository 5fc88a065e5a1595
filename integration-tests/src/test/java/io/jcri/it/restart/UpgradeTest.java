package io.jcri.it.restart;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Shims outlive upgrades, and speak the language of their time. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aShimOfTheOtherVersionDoesWhatItIsAskedFor(boolean upgrade) throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startFrom(upgrade ? old() : Workspace.distribution());
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            pod.container("sh", "-c", "trap 'exit 9' TERM; while read l; do echo got $l; done")
                .setStdin(true));
    TestContainer ending =
        pod.start("sh", "-c", "while [ ! -e /go ]; do sleep 0.05; done; echo bye; exit 6");
    int pid = container.pid();
    NODE.daemon().kill();
    NODE.daemon().startFrom(upgrade ? Workspace.distribution() : old());

    assertThat(container.pid()).as("nothing was restarted").isEqualTo(pid);
    assertThat(container.exec("sh", "-c", "echo out; echo err >&2; exit 7"))
        .isEqualTo(new TestContainer.Exec(7, "out\n", "err\n"));
    assertRefused(() -> container.exec(1, "sleep", "1000"), Code.DEADLINE_EXCEEDED, "timed out");
    attach(container, "before");
    Path rotated = container.logFile().resolveSibling("rotated.log");
    Files.move(container.logFile(), rotated);
    container.reopenLog();
    attach(container, "after");
    assertThat(CriLog.text(CriLog.read(rotated), "stdout")).isEqualTo("got before\n");
    assertThat(CriLog.text(container.log(), "stdout")).isEqualTo("got after\n");
    ending.sh("touch /go");
    assertThat(ending.awaitExit().getExitCode()).isEqualTo(6);
    assertThat(CriLog.text(ending.log(), "stdout")).isEqualTo("bye\n");
    container.stop(20);
    assertThat(container.awaitExit().getExitCode()).isEqualTo(9);
    container.remove();
    pod.stop();
    pod.remove();
    NODE.daemon().stop();
    NODE.daemon().start();
  }

  private static void attach(TestContainer container, String word) throws IOException {
    String attach =
        Tools.get().crictl(NODE.daemon().socket(), "attach", "-i", container.id()).line();
    // it stays for what else the container says
    Command.Result _ =
        Command.of("timeout", "10", "sh", "-c", "echo " + word + " | " + attach).run();
    container.awaitLog("got " + word);
  }
}
