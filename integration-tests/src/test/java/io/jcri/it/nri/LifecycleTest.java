package io.jcri.it.nri;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.nri.v1alpha1.NriApi;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What plugins are told, and when. */
class LifecycleTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void bePatient() throws IOException {
    NriSettings.change(NODE, NriSettings.PATIENT + NriSettings.PATIENT_AT_THE_DOOR);
  }

  @Test
  void everyStepIsToldOnceAndInOrder() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "watcher")) {
      TestPod pod = NODE.pod();
      TestContainer container = pod.idle();
      container.stop(0);
      container.stop(0);
      container.remove();
      pod.stop();
      pod.stop();
      pod.remove();
      assertThat(plugin.methods())
          .containsExactly(
              "Configure",
              "Synchronize",
              "RunPodSandbox",
              "CreateContainer",
              "ValidateContainerAdjustment",
              "PostCreateContainer",
              "StartContainer",
              "PostStartContainer",
              "StopContainer",
              "RemoveContainer",
              "StopPodSandbox",
              "RemovePodSandbox");

      NriApi.PodSandbox told = plugin.awaitCall("RunPodSandbox").pod();
      assertThat(told.getId()).isEqualTo(pod.id());
      assertThat(told.getName()).isEqualTo(pod.config().getMetadata().getName());
      assertThat(told.getUid()).isEqualTo(pod.config().getMetadata().getUid());
      assertThat(told.getIpsList()).isNotEmpty();
      assertThat(told.getPid()).isPositive();
      assertThat(told.getLinux().getNamespacesList())
          .extracting(NriApi.LinuxNamespace::getType)
          .contains("network", "ipc", "uts");
      NriApi.Container running = plugin.awaitCall("PostStartContainer").container();
      assertThat(running.getId()).isEqualTo(container.id());
      assertThat(running.getPid()).isPositive();
      assertThat(running.getState()).isEqualTo(NriApi.ContainerState.CONTAINER_RUNNING);
      assertThat(running.getArgsList()).containsExactly("sleep", "100000");
      assertThat(running.getImage().getName()).isEqualTo(NODE.busybox());
      NriApi.Container ended = plugin.awaitCall("StopContainer").container();
      assertThat(ended.getState()).isEqualTo(NriApi.ContainerState.CONTAINER_STOPPED);
      assertThat(ended.getExitCode()).isEqualTo(137);
      assertThat(plugin.awaitCall("RemovePodSandbox").pod().getIpsList())
          .isEqualTo(told.getIpsList());
    }
  }

  @Test
  void aContainerThatEndsByItselfIsToldOfToo() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "watcher")) {
      TestContainer container = NODE.pod().start("sh", "-c", "exit 3");
      NriApi.Container ended = plugin.awaitCall("StopContainer").container();
      assertThat(ended.getId()).isEqualTo(container.id());
      assertThat(ended.getExitCode()).isEqualTo(3);
    }
  }

  @Test
  void aPluginHearsOnlyOfTheEventsThatItWants() throws IOException {
    try (TestPlugin plugin = TestPlugin.dial(NODE.daemon().nriSocket(), "10", "picky")) {
      plugin.on(
          "Configure",
          request ->
              NriApi.ConfigureResponse.newBuilder()
                  .setEvents(1 << (NriApi.Event.RUN_POD_SANDBOX_VALUE - 1))
                  .build());
      plugin.register();
      plugin.awaitCall("Synchronize");
      NODE.pod().remove();
      assertThat(plugin.methods()).containsExactly("Configure", "Synchronize", "RunPodSandbox");
    }
  }

  @Test
  void anOldPluginHearsByStateChange() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "old")) {
      plugin.on(
          "RunPodSandbox",
          request -> {
            throw new TestPlugin.Unimplemented();
          });
      NODE.pod();
      TestPod second = NODE.pod();
      assertThat(plugin.calls("RunPodSandbox")).hasSize(1); // it is not asked twice
      List<TestPlugin.Call> changes = plugin.calls("StateChange");
      assertThat(changes).hasSize(2);
      NriApi.StateChangeEvent last = NriApi.StateChangeEvent.parseFrom(changes.getLast().request());
      assertThat(last.getEvent()).isEqualTo(NriApi.Event.RUN_POD_SANDBOX);
      assertThat(last.getPod().getId()).isEqualTo(second.id());
    }
  }

  @Test
  void aRefusedPodLeavesNothingAndMayBeTriedAgain() throws IOException {
    AtomicBoolean refuse = new AtomicBoolean(true);
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "doorman")) {
      plugin.on(
          "RunPodSandbox",
          request -> {
            if (refuse.getAndSet(false)) {
              throw new IllegalStateException("not today");
            }
            return NriApi.Empty.getDefaultInstance();
          });
      var config = NODE.podConfig();
      assertRefused(() -> NODE.pod(config), Code.INTERNAL, "10-doorman", "not today");
      NODE.assertNoPodIsLeft();
      assertThat(plugin.methods()).endsWith("StopPodSandbox", "RemovePodSandbox");
      NODE.pod(config).remove();
    }
  }

  @Test
  void aRefusedStartEndsTheContainerWithTheReason() throws IOException {
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "doorman")) {
      plugin.on(
          "StartContainer",
          request -> {
            throw new IllegalStateException("not today");
          });
      TestPod pod = NODE.pod();
      TestContainer container = pod.create(pod.container("true"));
      assertRefused(container::start, Code.INTERNAL, "10-doorman", "not today");
      assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
      assertThat(container.status().getReason()).isEqualTo("StartError");
    }
  }

  @Test
  void aPluginThatJoinsLaterIsToldOfWhatIsThere() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.idle();
    TestContainer created = pod.create(pod.container("true"));
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "late")) {
      var told = NriApi.SynchronizeRequest.parseFrom(plugin.awaitCall("Synchronize").request());
      assertThat(told.getMore()).isFalse();
      assertThat(told.getPodsList()).extracting(NriApi.PodSandbox::getId).containsExactly(pod.id());
      assertThat(told.getContainersList())
          .extracting(NriApi.Container::getId)
          .containsExactlyInAnyOrder(running.id(), created.id());
      assertThat(told.getContainersList())
          .filteredOn(c -> c.getId().equals(running.id()))
          .allMatch(c -> c.getArgsList().equals(List.of("sleep", "100000")));
      running.remove();
      assertThat(plugin.methods()).endsWith("StopContainer", "RemoveContainer");
    }
  }

  @Test
  void afterARestartPluginsComeBackAndAreToldAgain() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "loyal")) {
      NODE.daemon().kill();
      plugin.awaitEnd();
    }
    NODE.daemon().start();
    try (TestPlugin plugin = TestPlugin.join(NODE.daemon().nriSocket(), "10", "loyal")) {
      var told = NriApi.SynchronizeRequest.parseFrom(plugin.awaitCall("Synchronize").request());
      assertThat(told.getContainersList())
          .extracting(NriApi.Container::getId)
          .containsExactly(container.id());
      container.stop(0);
      assertThat(plugin.awaitCall("StopContainer").container().getId()).isEqualTo(container.id());
    }
  }

  @Test
  void anInstalledPluginIsStartedWithTheDaemonAndEndsWithIt() throws IOException {
    NODE.daemon().stop();
    try (InstalledPlugin plugin = InstalledPlugin.put(NODE, "10-shell", InstalledPlugin.POLITE)) {
      NODE.daemon().start();
      plugin.awaitTrace("synchronized");
      assertThat(plugin.trace()).startsWith("shell 10 3\nsocket:");
      assertThat(Files.readString(NODE.daemon().log()))
          .contains("NRI plugin 10-shell is connected");
      NODE.daemon().kill();
      plugin.awaitTrace("over");
    }
    NODE.daemon().start();
  }
}
