package io.jcri.it.nri;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.cri.v1.UpdatePodSandboxResourcesRequest;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.nri.v1alpha1.NriApi.UpdateContainersRequest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits that plugins change in containers that are there, asked and unasked. */
class UpdatesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void bePatient() throws IOException {
    NriSettings.change(NODE, NriSettings.PATIENT + NriSettings.PATIENT_AT_THE_DOOR);
  }

  @Test
  void aPluginUpdatesAContainerUnasked() throws IOException {
    TestContainer container = NODE.pod().idle();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "tuner")) {
      var reply =
          plugin.update(
              UpdateContainersRequest.newBuilder()
                  .addUpdate(shares(container.id(), 333))
                  .addUpdate(shares("no-such-container", 1))
                  .addUpdate(shares("none-either", 1).toBuilder().setIgnoreFailure(true))
                  .build());
      assertThat(reply.getFailedList())
          .extracting(ContainerUpdate::getContainerId)
          .containsExactly("no-such-container");
      assertThat(sharesOf(container)).isEqualTo(333);
      // It knows what it has done: nobody tells it.
      assertThat(plugin.methods()).containsExactly("Configure", "Synchronize");
    }
  }

  @Test
  void aPluginEvictsAContainer() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer victim = pod.idle();
    TestContainer other = pod.idle();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "evictor")) {
      plugin.update(
          UpdateContainersRequest.newBuilder()
              .addEvict(
                  NriApi.ContainerEviction.newBuilder()
                      .setContainerId(victim.id())
                      .setReason("in the way"))
              .build());
      assertThat(victim.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
      assertThat(victim.status().getExitCode()).isEqualTo(137);
      assertThat(other.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
      assertThat(plugin.awaitCall("StopContainer").container().getId()).isEqualTo(victim.id());
    }
  }

  @Test
  void whatAPluginWantsOfOthersIsDoneWithTheCreation() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer old = pod.idle();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "balancer")) {
      plugin.on(
          "CreateContainer",
          request ->
              NriApi.CreateContainerResponse.newBuilder().addUpdate(shares(old.id(), 222)).build());
      TestContainer created = pod.create(pod.container("true"));
      assertThat(sharesOf(old)).isEqualTo(222);
      plugin.on(
          "CreateContainer",
          request ->
              NriApi.CreateContainerResponse.newBuilder()
                  .addEvict(NriApi.ContainerEviction.newBuilder().setContainerId(old.id()))
                  .build());
      TestContainer _ = pod.create(pod.container("true"));
      assertThat(old.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
      assertThat(created.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    }
  }

  @Test
  void whatAPluginWantsWhenItJoinsIsDone() throws IOException {
    TestContainer container = NODE.pod().idle();
    try (TestPlugin plugin = TestPlugin.dial(NODE.daemon().nriSocket(), "10", "tuner")) {
      plugin.on(
          "Synchronize",
          request ->
              NriApi.SynchronizeResponse.newBuilder()
                  .addUpdate(shares(container.id(), 444))
                  .build());
      plugin.register();
      Waiting.until(
          Duration.ofSeconds(30),
          () -> sharesOf(container) == 444,
          () -> "shares are " + sharesOf(container));
    }
  }

  @Test
  void anUpdateOfTheKubeletsGoesThroughPlugins() throws IOException {
    TestContainer container = NODE.pod().idle();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "tuner")) {
      plugin.on(
          "UpdateContainer",
          request -> {
            var asked = NriApi.UpdateContainerRequest.parseFrom(request);
            long shares = asked.getLinuxResources().getCpu().getShares().getValue();
            return NriApi.UpdateContainerResponse.newBuilder()
                .addUpdate(shares(asked.getContainer().getId(), 2 * shares))
                .build();
          });
      update(container, 100);
      assertThat(sharesOf(container)).isEqualTo(200);
      assertThat(
              plugin
                  .awaitCall("PostUpdateContainer")
                  .container()
                  .getLinux()
                  .getResources()
                  .getCpu()
                  .getShares()
                  .getValue())
          .isEqualTo(200);
      plugin.on(
          "UpdateContainer",
          request -> {
            throw new IllegalStateException("full");
          });
      assertRefused(() -> update(container, 500), Code.INTERNAL, "10-tuner", "full");
      assertThat(sharesOf(container)).isEqualTo(200);
    }
  }

  @Test
  void thePodsOwnResourcesAreToldToo() throws IOException {
    TestPod pod = NODE.pod();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "watcher")) {
      var request = UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(pod.id());
      request.getResourcesBuilder().setCpuShares(77);
      var _ = NODE.cri().runtime().updatePodSandboxResources(request.build());
      var told =
          NriApi.UpdatePodSandboxRequest.parseFrom(plugin.awaitCall("UpdatePodSandbox").request());
      assertThat(told.getLinuxResources().getCpu().getShares().getValue()).isEqualTo(77);
      assertThat(
              plugin
                  .awaitCall("PostUpdatePodSandbox")
                  .pod()
                  .getLinux()
                  .getPodResources()
                  .getCpu()
                  .getShares()
                  .getValue())
          .isEqualTo(77);
      plugin.on(
          "UpdatePodSandbox",
          payload -> {
            throw new IllegalStateException("no");
          });
      request.getResourcesBuilder().setCpuShares(78);
      assertRefused(
          () -> {
            var _ = NODE.cri().runtime().updatePodSandboxResources(request.build());
          },
          Code.INTERNAL,
          "10-watcher");
    }
  }

  private static void update(TestContainer container, long shares) {
    var request = UpdateContainerResourcesRequest.newBuilder().setContainerId(container.id());
    request.getLinuxBuilder().setCpuShares(shares);
    var _ = NODE.cri().runtime().updateContainerResources(request.build());
  }

  private static long sharesOf(TestContainer container) {
    return container.status().getResources().getLinux().getCpuShares();
  }

  private static ContainerUpdate shares(String container, long shares) {
    ContainerUpdate.Builder update = ContainerUpdate.newBuilder().setContainerId(container);
    update
        .getLinuxBuilder()
        .getResourcesBuilder()
        .getCpuBuilder()
        .getSharesBuilder()
        .setValue(shares);
    return update.build();
  }
}
