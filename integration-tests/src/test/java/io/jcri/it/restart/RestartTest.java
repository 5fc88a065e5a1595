package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon is killed or stopped and started again. */
class RestartTest {
  private static final int PODS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void twentyPodsOutliveTheDaemonAndNoExitCodeIsLost() throws IOException {
    List<TestPod> pods = new ArrayList<>();
    List<TestContainer> idle = new ArrayList<>();
    List<TestContainer> ending = new ArrayList<>();
    Path go = Files.createDirectories(NODE.scratch().disk().resolve("go"));
    for (int i = 0; i < PODS; i++) {
      TestPod pod = NODE.pod();
      pods.add(pod);
      idle.add(pod.idle());
      if (i % 4 == 0) {
        var config =
            pod.container(
                "sh", "-c", "while [ ! -e /go/now ]; do sleep 0.05; done; exit " + (i + 1));
        config.addMountsBuilder().setHostPath(go.toString()).setContainerPath("/go");
        ending.add(pod.start(config));
      }
    }
    List<Integer> pids = new ArrayList<>();
    for (TestContainer container : idle) {
      pids.add(container.pid());
    }
    List<Integer> endingPids = new ArrayList<>();
    for (TestContainer container : ending) {
      endingPids.add(container.pid());
    }

    NODE.daemon().kill();
    Files.createFile(go.resolve("now"));
    Waiting.until(
        PATIENCE,
        () -> endingPids.stream().noneMatch(Witness::exists),
        () -> "the containers that were told to end go on");
    NODE.daemon().start();

    assertThat(listedPods())
        .hasSize(PODS)
        .allMatch(p -> p.getState() == PodSandboxState.SANDBOX_READY);
    for (int i = 0; i < PODS; i++) {
      TestContainer container = idle.get(i);
      assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
      assertThat(container.pid()).as("nothing was restarted").isEqualTo(pids.get(i));
      assertThat(container.sh("echo pod " + i)).isEqualTo("pod " + i);
    }
    for (int i = 0; i < ending.size(); i++) {
      assertThat(ending.get(i).awaitExit().getExitCode()).isEqualTo(4 * i + 1);
    }
    assertThat(pods.getFirst().start("sh", "-c", "exit 9").awaitExit().getExitCode()).isEqualTo(9);
  }

  @Test
  void theLogGoesOnWithoutTheDaemon() throws IOException {
    TestContainer container =
        NODE.pod()
            .start("sh", "-c", "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.002; done");
    container.awaitLog("line 10");
    NODE.daemon().kill();
    int then = container.log().size();
    Waiting.until(
        PATIENCE, () -> container.log().size() > then + 200, () -> "the log does not go on");
    NODE.daemon().start();
    int after = container.log().size();
    Waiting.until(
        PATIENCE, () -> container.log().size() > after + 200, () -> "the log does not go on");
    container.stop(0);

    List<String> lines = CriLog.text(container.log(), "stdout").lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo("line " + i);
    }
  }

  @Test
  void aStopSignalLetsPodsRunOnAndTheSocketGo() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    TestContainer created = pod.create(pod.container("sh", "-c", "exit 4"));
    NODE.daemon().stop();
    assertThat(NODE.daemon().socket()).doesNotExist();
    NODE.daemon().start();

    assertThat(container.sh("echo here")).isEqualTo("here");
    assertThat(created.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    created.start();
    assertThat(created.awaitExit().getExitCode()).isEqualTo(4);
    container.stop(0);
    assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
  }

  @Test
  void whatWasStoppedStaysStopped() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start("sh", "-c", "exit 6");
    container.awaitExit();
    pod.stop();
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    assertThat(container.status().getExitCode()).isEqualTo(6);
    assertThat(container.status().getReason()).isEqualTo("Error");
  }

  @Test
  void everyContainerIsListedOnceAfterManyRestarts() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    for (int i = 0; i < 5; i++) {
      NODE.daemon().kill();
      NODE.daemon().start();
    }
    assertThat(
            NODE
                .cri()
                .runtime()
                .listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersList()
                .stream()
                .map(Container::getId))
        .containsExactly(container.id());
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  @Test
  void aSecondDaemonOnTheSameFoldersTouchesNothing() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    Path elsewhere = NODE.scratch().state().resolve("second.sock");
    Command.Result second =
        Command.of(
                Workspace.distribution().resolve("bin/jcri").toString(),
                "daemon",
                "--config",
                NODE.daemon().configuration().toString(),
                "--listen",
                elsewhere.toString())
            .withPatience(PATIENCE)
            .run();
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("another daemon uses " + NODE.daemon().root());
    assertThat(elsewhere).doesNotExist();
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  /**
   * As a daemon that was killed while it started two programs at once leaves them: each waits for
   * the other, and both have its listening socket.
   */
  @Test
  void whatADeadDaemonWasAboutToStartHoldsNothingUp() throws Exception {
    NODE.daemon().kill();
    Path launcher = Workspace.distribution().resolve("runtime/lib/jspawnhelper");
    String pid =
        Command.of(
                "perl",
                "-MSocket",
                "-e",
                """
                $^F = 255; # these descriptors are inherited
                my ($path, @launcher) = @ARGV;
                unlink $path;
                socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die $!;
                bind($socket, pack_sockaddr_un($path)) && listen($socket, 5) or die $!;
                pipe(my $in, my $out) or die $!;
                open(my $end, ">&", $out) or die $!;
                if (my $pid = fork) { print $pid; exit }
                exec @launcher, join(":", fileno $in, fileno $end, 1);
                """,
                NODE.daemon().socket().toString(),
                launcher.toString(),
                System.getProperty("java.vm.version"))
            .run()
            .orThrow()
            .out()
            .strip();
    ProcessHandle stranded = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    Path waitsIn = Path.of("/proc", pid, "wchan");
    Waiting.until(
        PATIENCE, () -> Files.readString(waitsIn).contains("pipe_read"), () -> "it ended");

    NODE.daemon().start();

    assertThat(stranded.info().command()).as("at most it waits to be reaped").isEmpty();
    assertThat(listedPods()).isEmpty();
  }

  private static List<PodSandbox> listedPods() {
    return NODE.cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList();
  }
}
