package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.Signal;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a container from creation to removal. */
class ContainersTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void statusFollowsTheContainerThroughItsLife() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.create(pod.container("sleep", "100000").putLabels("a", "b").putAnnotations("c", "d"));
    ContainerStatus created = container.status();
    assertThat(created.getState()).isEqualTo(ContainerState.CONTAINER_CREATED);
    assertThat(created.getCreatedAt()).isPositive();
    assertThat(created.getStartedAt()).isZero();
    assertThat(created.getFinishedAt()).isZero();
    assertThat(created.getLabelsMap()).containsEntry("a", "b");
    assertThat(created.getAnnotationsMap()).containsEntry("c", "d");
    assertThat(created.getLogPath()).isEqualTo(container.logFile().toString());
    assertThat(created.getImage().getImage()).isEqualTo(NODE.busybox());

    container.start();
    ContainerStatus running = container.status();
    assertThat(running.getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertThat(running.getStartedAt()).isGreaterThanOrEqualTo(created.getCreatedAt());
    assertThat(running.getFinishedAt()).isZero();

    container.stop(0);
    ContainerStatus exited = container.status();
    assertThat(exited.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(exited.getFinishedAt()).isGreaterThanOrEqualTo(running.getStartedAt());
    assertThat(exited.getExitCode()).isEqualTo(137);

    container.remove();
    assertRefused(container::status, Status.Code.NOT_FOUND, container.id());
  }

  @Test
  void theExitCodeIsTheProgramsOwn() throws IOException {
    TestPod pod = NODE.pod();
    ContainerStatus good = pod.start("true").awaitExit();
    assertThat(good.getExitCode()).isZero();
    assertThat(good.getReason()).isEqualTo("Completed");

    ContainerStatus bad = pod.start("sh", "-c", "exit 42").awaitExit();
    assertThat(bad.getExitCode()).isEqualTo(42);
    assertThat(bad.getReason()).isEqualTo("Error");
  }

  @Test
  void theStopSignalComesFirst() throws IOException {
    TestContainer container =
        trapping("trap 'echo got TERM; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
    container.stop(30);
    assertThat(container.status().getExitCode()).isEqualTo(7);
    container.awaitLog("got TERM");
  }

  @Test
  void aRealTimeSignalCanStopAContainer() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "trap 'exit 9' 37; echo ready; while :; do sleep 0.05; done");
    config.setStopSignal(Signal.SIGNAL_SIGRTMINPLUS3);
    TestContainer container = pod.start(config);
    container.awaitLog("ready");
    container.stop(60);
    assertThat(container.status().getExitCode()).isEqualTo(9);
    assertThat(container.status().getStopSignal()).isEqualTo(Signal.SIGNAL_SIGRTMINPLUS3);
  }

  @Test
  void aProgramThatIgnoresItsStopSignalIsKilled() throws IOException {
    TestContainer container = trapping("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    container.stop(1);
    assertThat(container.status().getExitCode()).isEqualTo(137);
  }

  @Test
  void aSecondStopSendsNoSecondSignalButItsGracePeriodCounts() throws Exception {
    TestContainer container =
        trapping("trap 'echo got TERM' TERM; echo ready; while :; do sleep 0.05; done");
    Thread first = Thread.ofVirtual().start(() -> container.stop(600));
    container.awaitLog("got TERM");
    container.stop(1);
    first.join();

    assertThat(container.status().getExitCode()).isEqualTo(137);
    assertThat(container.log()).filteredOn(line -> line.text().contains("got TERM")).hasSize(1);
  }

  @Test
  void theSignalOfConfigBeatsTheImages() throws IOException {
    String image = NODE.load("usr1", TestImages.busybox().withStopSignal("SIGUSR1"));
    String program =
        "for s in TERM USR1 USR2; do trap \"echo got $s; exit 3\" $s; done;"
            + " echo ready; while :; do sleep 0.05; done";
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sh", "-c", program);
    config.getImageBuilder().setImage(image);
    TestContainer images = pod.start(config);
    images.awaitLog("ready");
    images.stop(30);
    images.awaitLog("got USR1");
    assertThat(images.status().getStopSignal()).isEqualTo(Signal.SIGNAL_SIGUSR1);

    config.getMetadataBuilder().setAttempt(1);
    config.setLogPath("2.log").setStopSignal(Signal.SIGNAL_SIGUSR2);
    TestContainer own = pod.start(config);
    own.awaitLog("ready");
    own.stop(30);
    own.awaitLog("got USR2");
  }

  @Test
  void aSignalThatAnImageHasInventedDoesNotKeepItsContainerFromBeingStopped() throws IOException {
    String image = NODE.load("odd", TestImages.busybox().withStopSignal("SIGBREAKFAST"));
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done");
    config.getImageBuilder().setImage(image);
    TestContainer container = pod.start(config);
    container.awaitLog("ready");
    container.stop(60);
    assertThat(container.status().getExitCode()).isEqualTo(3);
    assertThat(container.status().getStopSignal()).isEqualTo(Signal.SIGNAL_SIGTERM);
  }

  @Test
  void aGracePeriodMayBeLongerThanAnybodyCanCount() throws IOException {
    TestContainer container =
        trapping("trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done");
    container.stop(Long.MAX_VALUE);
    assertThat(container.status().getExitCode()).isEqualTo(4);
  }

  @Test
  void aRunningContainerMayBeRemoved() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int pid = container.pid();
    container.remove();
    assertRefused(container::status, Status.Code.NOT_FOUND, container.id());
    assertThat(Witness.exists(pid)).isFalse();
  }

  @Test
  void stopAndRemoveMayBeRepeatedAndNeedNoContainer() throws IOException {
    TestContainer container = NODE.pod().idle();
    container.stop(0);
    container.stop(0);
    container.remove();
    container.remove();
    container.stop(0);

    String unknown = "0123456789abcdef";
    NODE.cri()
        .runtime()
        .stopContainer(StopContainerRequest.newBuilder().setContainerId(unknown).build());
    NODE.cri()
        .runtime()
        .removeContainer(RemoveContainerRequest.newBuilder().setContainerId(unknown).build());
  }

  @Test
  void aContainerThatWasNotStartedMayBeStoppedAndRemoved() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.create(pod.container("true"));
    container.stop(0);
    container.remove();
    assertRefused(container::status, Status.Code.NOT_FOUND, container.id());
  }

  @Test
  void aContainerIsStartedOnlyOnce() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.idle();
    assertRefused(running::start, Status.Code.FAILED_PRECONDITION, running.id());
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(ended::start, Status.Code.FAILED_PRECONDITION, ended.id());
  }

  @Test
  void aRepeatedCreationFindsTheContainerThatTheFirstMade() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    TestContainer first = pod.create(config);
    assertThat(pod.create(config).id()).isEqualTo(first.id());
    config.getMetadataBuilder().setAttempt(1);
    assertThat(pod.create(config).id()).isNotEqualTo(first.id());
  }

  @Test
  void aStoppedPodTakesNoContainer() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer created = pod.create(pod.container("true"));
    pod.stop();
    assertRefused(
        () -> pod.create(pod.container("true")), Status.Code.FAILED_PRECONDITION, pod.id());
    assertRefused(created::start, Status.Code.FAILED_PRECONDITION);
  }

  @Test
  void thePodMayBeNamedByTheBeginningOfItsId() throws IOException {
    TestPod pod = NODE.pod();
    String id =
        NODE.cri()
            .runtime()
            .createContainer(
                CreateContainerRequest.newBuilder()
                    .setPodSandboxId(pod.id().substring(0, 10))
                    .setSandboxConfig(pod.config())
                    .setConfig(pod.container("true"))
                    .build())
            .getContainerId();
    assertThat(id).isNotEmpty();
  }

  @Test
  void whatTheContainerWroteIsGoneWithIt() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start("sh", "-c", "echo x > /written");
    container.awaitExit();
    container.remove();
    assertThat(Files.exists(container.logFile())).as("the log is the kubelet's").isTrue();
    TestContainer next = pod.start("ls", "/written");
    assertThat(next.awaitExit().getExitCode()).isNotZero();
  }

  private static TestContainer trapping(String program) throws IOException {
    TestContainer container = NODE.pod().start("sh", "-c", program);
    container.awaitLog("ready");
    return container;
  }
}
