package io.jcri.it.pods;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatus;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pod sandbox up and down. */
class PodsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void statusTellsWhatWasAskedFor() throws IOException {
    PodSandboxConfig.Builder config =
        NODE.podConfig().putLabels("app", "web").putAnnotations("note", "ünïcode");
    TestPod pod = NODE.pod(config);

    PodSandboxStatus status = pod.status();
    assertThat(status.getId()).isEqualTo(pod.id());
    assertThat(status.getMetadata()).isEqualTo(config.getMetadata());
    assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(status.getCreatedAt()).isPositive();
    assertThat(status.getLabelsMap()).isEqualTo(config.getLabelsMap());
    assertThat(status.getAnnotationsMap()).isEqualTo(config.getAnnotationsMap());
    assertThat(status.getNetwork().getIp()).startsWith(NODE.range());
  }

  @Test
  void aStoppedPodIsNotReadyAndARemovedOneUnknown() throws IOException {
    TestPod pod = NODE.pod();
    pod.stop();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);

    pod.remove();
    assertRefused(pod::status, Status.Code.NOT_FOUND, pod.id());
    NODE.assertNoPodIsLeft();
  }

  @Test
  void stopAndRemoveMayBeRepeatedAndNeedNoPod() throws IOException {
    TestPod pod = NODE.pod();
    pod.stop();
    pod.stop();
    pod.remove();
    pod.stop();
    pod.remove();

    String unknown = "0123456789abcdef";
    NODE.cri()
        .runtime()
        .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(unknown).build());
    NODE.cri()
        .runtime()
        .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(unknown).build());
  }

  @Test
  void stoppingAPodEndsItsContainersAndRemovingItRemovesThem() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer one = pod.idle();
    TestContainer two = pod.create(pod.container("true"));
    pod.stop();

    assertThat(one.awaitExit().getExitCode()).isEqualTo(137);
    pod.remove();
    assertRefused(one::status, Status.Code.NOT_FOUND, one.id());
    assertRefused(two::status, Status.Code.NOT_FOUND, two.id());
  }

  @Test
  void aReadyPodMayBeRemovedAtOnce() throws IOException {
    TestPod pod = NODE.pod();
    pod.idle();
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aRepeatedCallFindsThePodThatTheFirstMade() throws IOException {
    TestPod pod = NODE.pod();
    assertThat(TestPod.run(NODE, pod.config(), "")).isEqualTo(pod.id());
  }

  @Test
  void callsAtTheSameTimeMakeOnePod() throws Exception {
    PodSandboxConfig config = NODE.podConfig().build();
    Set<String> ids = new HashSet<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        calls.add(threads.submit(() -> TestPod.run(NODE, config, "")));
      }
      for (Future<String> call : calls) {
        ids.add(call.get());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a call was refused", e.getCause());
    }
    assertThat(ids).hasSize(1);
  }

  @Test
  void aStoppedPodKeepsItsNameUntilItIsRemoved() throws IOException {
    TestPod pod = NODE.pod();
    pod.stop();
    assertRefused(
        () -> TestPod.run(NODE, pod.config(), ""),
        Status.Code.ALREADY_EXISTS,
        pod.config().getMetadata().getName(),
        pod.id());

    pod.remove();
    assertThat(TestPod.run(NODE, pod.config(), "")).isNotEqualTo(pod.id());
  }

  @Test
  void theNextAttemptIsAnotherPod() throws IOException {
    TestPod first = NODE.pod();
    PodSandboxConfig.Builder next = first.config().toBuilder();
    next.getMetadataBuilder().setAttempt(1);
    assertThat(NODE.pod(next).id()).isNotEqualTo(first.id());
  }

  @Test
  void anIdMayBeShortened() throws IOException {
    TestPod pod = NODE.pod();
    PodSandboxStatus status =
        NODE.cri()
            .runtime()
            .podSandboxStatus(
                PodSandboxStatusRequest.newBuilder()
                    .setPodSandboxId(pod.id().substring(0, 12))
                    .build())
            .getStatus();
    assertThat(status.getId()).isEqualTo(pod.id());
  }
}
