package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.Int64Value;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.cri.v1.RestoredContainer;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods that go on where a checkpoint has left them, if they are asked for as they were. */
class RestorePodTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void needCriu() {
    CheckpointCalls.needCriu();
  }

  private static void refused(RestorePodRequest request, Code code, String... parts)
      throws IOException {
    RestoreCalls.assertRefused(NODE, request, code, parts);
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
    assertThat(Files.readAllLines(Path.of("/proc/" + continued.pid() + "/cgroup")))
        .isNotEmpty()
        .allMatch(line -> line.endsWith("/" + continued.id()));
    assertThat(continued.sh("hostname -i")).isEqualTo(second.ip());
    assertThat(continued.exec("cat", "/etc/group").exitCode()).isNotZero();
    continued.stop(1);
    assertThat(continued.status().getExitCode()).isEqualTo(137);
  }

  @Test
  void theVolumesOfTheImageComeBackAsTheyWere() throws IOException {
    String image = NODE.load("volume", TestImages.busybox().withVolumes("/data"));
    TestPod pod = NODE.pod();
    ContainerConfig.Builder builder = pod.container(COUNTER);
    builder.getImageBuilder().setImage(image);
    ContainerConfig config = builder.build();
    TestContainer counter = pod.start(config.toBuilder());
    counter.sh("echo kept > /data/kept; chown 1000 /data/kept");
    Path checkpoint = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, checkpoint, counter);
    counter.sh("echo later > /data/later");
    pod.stop();
    pod.remove();

    var again = CheckpointCalls.another(NODE, pod.config());
    TestContainer continued =
        RestoreCalls.one(NODE, CheckpointCalls.restoreRequest(checkpoint, again, List.of(config)));
    continued.start();
    assertThat(continued.sh("cat /data/kept; stat -c %u /data/kept")).isEqualTo("kept\n1000");
    assertThat(continued.sh("ls /data; touch /data/new")).isEqualTo("kept");
  }

  @Test
  void aRestartOfTheDaemonComesBetween() throws IOException {
    SavedPod saved = SavedPod.make(NODE);
    saved.pod().stop();
    RestorePodRequest request = saved.request(NODE).build();
    TestContainer continued = RestoreCalls.one(NODE, request);
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(continued.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    continued.start();
    continued.awaitLog("count 6");
    CheckpointCalls.assertUntouched(NODE, continued);
    assertThat(continued.log().stream().map(line -> line.text())).doesNotHaveDuplicates();
  }

  @Test
  void twoContainersComeBackAndOneOfThemMayBeRemovedUnstarted() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig one = pod.container(COUNTER).build();
    ContainerConfig two = pod.container("sleep", "100000").build();
    TestContainer counter = pod.start(one.toBuilder());
    TestContainer sleeper = pod.start(two.toBuilder());
    counter.awaitLog("count 2");
    Path folder = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, folder, sleeper, counter);
    RestorePodResponse restored =
        CheckpointCalls.restore(
            NODE, folder, CheckpointCalls.another(NODE, pod.config()), List.of(two, one));
    assertThat(restored.getRestoredContainersList().stream().map(RestoredContainer::getName))
        .containsExactly(two.getMetadata().getName(), one.getMetadata().getName());
    TestPod again = TestPod.of(NODE, pod.config(), restored.getPodSandboxId());
    again.container(two, restored.getRestoredContainers(0).getContainerId()).remove();
    again.container(one, restored.getRestoredContainers(1).getContainerId()).start();
    CheckpointCalls.assertUntouched(NODE);
  }

  @Test
  void aRequestThatDoesNotFitIsRefused() throws IOException {
    SavedPod saved = SavedPod.make(NODE);
    String name = saved.config().getMetadata().getName();
    RestorePodRequest good = saved.request(NODE).build();
    assertRefused(
        () -> {
          var _ = RuntimeServiceGrpc.newBlockingStub(NODE.cri().channel()).restorePod(good);
        },
        Code.INVALID_ARGUMENT,
        "deadline");
    refused(good.toBuilder().putOptions("speed", "high").build(), Code.INVALID_ARGUMENT, "speed");
    refused(good.toBuilder().setRuntimeHandler("other").build(), Code.INVALID_ARGUMENT, "other");
    refused(good.toBuilder().setCheckpointPath("here").build(), Code.INVALID_ARGUMENT, "here");
    refused(
        good.toBuilder().setCheckpointPath(CheckpointCalls.folder(NODE).toString()).build(),
        Code.INVALID_ARGUMENT,
        "pod.options");
    refused(good.toBuilder().clearContainerConfigs().build(), Code.INVALID_ARGUMENT, name);
    refused(good.toBuilder().addContainerConfigs(saved.config()).build(), Code.INVALID_ARGUMENT);
    ContainerConfig.Builder renamed = saved.config().toBuilder();
    renamed.getMetadataBuilder().setName("other");
    refused(changed(good, renamed), Code.INVALID_ARGUMENT, "other", name);
    refused(
        changed(good, saved.config().toBuilder().setCommand(2, "echo other")),
        Code.INVALID_ARGUMENT,
        name,
        "process.args");
    refused(
        changed(good, saved.config().toBuilder().setEnvs(0, TestPod.variable("COLOR", "blue"))),
        Code.INVALID_ARGUMENT,
        name,
        "process.env",
        "COLOR");
    ContainerConfig.Builder user = saved.config().toBuilder();
    user.getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsUser(Int64Value.newBuilder().setValue(33));
    refused(changed(good, user), Code.INVALID_ARGUMENT, name, "process.user");
    ContainerConfig.Builder image = saved.config().toBuilder();
    image.getImageBuilder().setImage(NODE.load("other", TestImages.marked("other")));
    refused(changed(good, image), Code.INVALID_ARGUMENT, name);
    image.getImageBuilder().setImage("localhost/no/such:1");
    refused(changed(good, image), Code.NOT_FOUND, "localhost/no/such:1");
    refused(
        good.toBuilder().setConfig(saved.pod().config()).build(),
        Code.ALREADY_EXISTS,
        saved.pod().config().getMetadata().getName());
    CheckpointCalls.assertUntouched(NODE, saved.counter());
  }

  @Test
  void aPodThatTheKubeletIsMakingIsNotJoinedAndNotUndone() throws Exception {
    SavedPod saved = SavedPod.make(NODE);
    // Fails late, once the pod is made.
    Files.write(saved.archive(), new byte[0]);
    RestorePodRequest request = saved.request(NODE).build();
    Path records = NODE.daemon().root().resolve("pods");
    int before = CheckpointCalls.names(records).size();
    CompletableFuture<TestPod> run =
        CompletableFuture.supplyAsync(() ->
            TestPod.of(NODE, request.getConfig(), TestPod.run(NODE, request.getConfig(), "")));
    Waiting.until(
        Duration.ofSeconds(60),
        () -> CheckpointCalls.names(records).size() > before,
        () -> "no record of the pod");
    assertRefused(() -> NODE.cri().runtime().restorePod(request), Code.ALREADY_EXISTS);
    TestPod pod = run.get();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(pod.idle().sh("echo here")).isEqualTo("here");
  }

  private static RestorePodRequest changed(
      RestorePodRequest request, ContainerConfig.Builder container) {
    return request.toBuilder().setContainerConfigs(0, container).build();
  }

  @Test
  void aTerminalInAReadOnlyRootComesBack() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container(COUNTER).setTty(true).setStdin(true);
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setReadonlyRootfs(true)
        .setNoNewPrivs(true);
    TestContainer counter = pod.start(config);
    counter.awaitLog("count 3");
    Path folder = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, folder, counter);
    RestorePodRequest request =
        CheckpointCalls.restoreRequest(
            folder, CheckpointCalls.another(NODE, pod.config()), List.of(config.build()));
    TestContainer continued = RestoreCalls.one(NODE, request);
    continued.start();
    CheckpointCalls.assertUntouched(NODE, continued);
    assertThat(continued.log().stream().map(line -> line.text())).doesNotHaveDuplicates();
    assertThat(continued.sh("touch /x 2>&1 || echo refused")).contains("Read-only");
  }
}
