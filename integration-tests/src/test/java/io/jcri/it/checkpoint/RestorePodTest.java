package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.Int64Value;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.cri.v1.RestoredContainer;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TarWriter;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods that go on where a checkpoint has left them. */
class RestorePodTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void needCriu() {
    CheckpointCalls.needCriu();
  }

  /** A pod with one counter, its checkpoint, and how to ask for it again. */
  private record Saved(TestPod pod, TestContainer counter, ContainerConfig config, Path folder) {
    static Saved make(TestNode node) throws IOException {
      TestPod pod = node.pod();
      ContainerConfig config =
          pod.container(COUNTER).addEnvs(TestPod.variable("COLOR", "red")).build();
      TestContainer counter = pod.start(config.toBuilder());
      counter.awaitLog("count 3");
      Path folder = CheckpointCalls.folder(node);
      CheckpointCalls.pod(node, pod, folder, counter);
      return new Saved(pod, counter, config, folder);
    }

    RestorePodRequest.Builder request(TestNode node) throws IOException {
      return CheckpointCalls.restoreRequest(
          folder, CheckpointCalls.another(node, pod.config()), List.of(config))
          .toBuilder();
    }

    Path archive() {
      return folder.resolve(counter.id() + ".tar");
    }
  }

  private static TestContainer only(RestorePodRequest request, RestorePodResponse restored) {
    assertThat(restored.getRestoredContainersList()).hasSize(1);
    TestPod pod = TestPod.of(NODE, request.getConfig(), restored.getPodSandboxId());
    return pod.container(
        request.getContainerConfigs(0), restored.getRestoredContainers(0).getContainerId());
  }

  private static void refused(RestorePodRequest request, Code code, String... parts)
      throws IOException {
    List<String> pods = pods();
    assertRefused(() -> NODE.cri().runtime().restorePod(request), code, parts);
    assertThat(pods()).isEqualTo(pods);
    CheckpointCalls.assertUntouched(NODE);
  }

  private static List<String> pods() {
    return NODE
        .cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList()
        .stream()
        .map(PodSandbox::getId)
        .sorted()
        .toList();
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
    RestorePodResponse restored = CheckpointCalls.restore(NODE, checkpoint, again, List.of(config));
    TestContainer continued =
        TestPod.of(NODE, again, restored.getPodSandboxId())
            .container(config, restored.getRestoredContainers(0).getContainerId());
    continued.start();
    assertThat(continued.sh("cat /data/kept; stat -c %u /data/kept")).isEqualTo("kept\n1000");
    assertThat(continued.sh("ls /data; touch /data/new")).isEqualTo("kept");
  }

  @Test
  void aRestartOfTheDaemonComesBetween() throws IOException {
    Saved saved = Saved.make(NODE);
    saved.pod().stop();
    RestorePodRequest request = saved.request(NODE).build();
    TestContainer continued = only(request, NODE.cri().runtime().restorePod(request));
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
    Saved saved = Saved.make(NODE);
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
    Saved saved = Saved.make(NODE);
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
  void imagesThatCriuCannotUseFailTheStart() throws IOException {
    Saved saved = Saved.make(NODE);
    Path out = Files.createDirectory(saved.folder().resolveSibling(saved.counter().id()));
    Command.of("tar", "-xf", saved.archive().toString(), "-C", out.toString()).run().orThrow();
    Files.delete(out.resolve("checkpoint").resolve("inventory.img"));
    Command.of("tar", "-cf", saved.archive().toString(), "-C", out.toString(), ".").run().orThrow();
    RestorePodRequest request = saved.request(NODE).build();
    TestContainer continued = only(request, NODE.cri().runtime().restorePod(request));
    assertRefused(continued::start, Code.INTERNAL, "CRIU's last words", "empty-image");
    ContainerStatus status = continued.status();
    assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status.getReason()).isEqualTo("StartError");
    assertThat(status.getMessage()).contains("empty-image");
    CheckpointCalls.assertUntouched(NODE, saved.counter());
  }

  @Test
  void imagesThatGiveMoreThanTheRequestAreRefused() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig config = pod.container(COUNTER).build();
    TestContainer counter = pod.start(config.toBuilder());
    ContainerConfig.Builder confined = config.toBuilder();
    confined.getMetadataBuilder().setName("confined");
    confined
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getCapabilitiesBuilder()
        .addDropCapabilities("ALL");
    TestContainer other = pod.start(confined);
    Path folder = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, folder, other);
    Path more = CheckpointCalls.folder(NODE);
    CheckpointCalls.pod(NODE, pod, more, counter);
    // The confined one's papers, with the images of one that has more.
    Path papers = Files.createDirectory(folder.resolve("papers"));
    Path images = Files.createDirectory(folder.resolve("images"));
    Path archive = folder.resolve(other.id() + ".tar");
    Command.of("tar", "-xf", archive.toString(), "-C", papers.toString()).run().orThrow();
    Path theirs = more.resolve(counter.id() + ".tar");
    Command.of("tar", "-xf", theirs.toString(), "-C", images.toString()).run().orThrow();
    Command.of("rm", "-r", papers.resolve("checkpoint").toString()).run().orThrow();
    Files.move(images.resolve("checkpoint"), papers.resolve("checkpoint"));
    Command.of("tar", "-cf", archive.toString(), "-C", papers.toString(), ".").run().orThrow();
    refused(
        CheckpointCalls.restoreRequest(
            folder, CheckpointCalls.another(NODE, pod.config()), List.of(confined.build())),
        Code.INVALID_ARGUMENT,
        "core-",
        "capabilities beyond the request's");
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
    TestContainer continued = only(request, NODE.cri().runtime().restorePod(request));
    continued.start();
    CheckpointCalls.assertUntouched(NODE, continued);
    assertThat(continued.log().stream().map(line -> line.text())).doesNotHaveDuplicates();
    assertThat(continued.sh("touch /x 2>&1 || echo refused")).contains("Read-only");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void aHostileArchiveIsRefusedAndLeavesNothing(String name, String part, TarEntry... entries)
      throws IOException {
    Saved saved = Saved.make(NODE);
    Path outside = saved.folder().resolveSibling("outside");
    try (TarWriter tar = new TarWriter(Files.newOutputStream(saved.archive()))) {
      for (TarEntry entry : entries) {
        tar.add(entry);
      }
    }
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, part);
    assertThat(outside).doesNotExist();
    CheckpointCalls.assertUntouched(NODE, saved.counter());
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        hostile("climbs", "climbs", TarEntry.file("../../../outside", "x")),
        hostile(
            "through a link",
            "symbolic link",
            TarEntry.symbolicLink("checkpoint", "/tmp"),
            TarEntry.file("checkpoint/outside", "x")),
        hostile("hard link", "hard link", TarEntry.hardLink("spec.dump", "/etc/shadow", 0600)),
        hostile(
            "device",
            "device",
            TarEntry.device(TarEntry.Type.CHARACTER_DEVICE, "status.dump", 0600, 1, 8)),
        hostile("pipe", "pipe", TarEntry.fifo("status.dump", 0600)),
        hostile(
            "twice",
            "twice",
            TarEntry.file("status.dump", "{}"),
            TarEntry.file("status.dump", "{}")),
        hostile("deep", "deep", TarEntry.file("a/b/c/d/e/f/g/h/i/j/k", "x")),
        hostile("empty", "status.dump"),
        hostile("no json", "", TarEntry.file("status.dump", "{")),
        hostile("large", "bytes", TarEntry.file("status.dump", " ".repeat(2 << 20))));
  }

  private static Arguments hostile(String name, String part, TarEntry... entries) {
    return Arguments.of(name, part, entries);
  }

  @Test
  void anArchiveThatIsALinkOrIsCutIsRefused() throws IOException {
    Saved saved = Saved.make(NODE);
    Path moved = saved.folder().resolveSibling("moved-" + saved.counter().id());
    Files.move(saved.archive(), moved);
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, saved.archive().toString());
    Files.createSymbolicLink(saved.archive(), moved);
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, saved.archive().toString());
    Files.delete(saved.archive());
    byte[] whole = Files.readAllBytes(moved);
    Files.write(saved.archive(), java.util.Arrays.copyOf(whole, whole.length / 2));
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, "larger than");
    Files.write(saved.archive(), whole);
    Path manifest = saved.folder().resolve("pod.options");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace(saved.counter().id(), "../../etc/x"));
    refused(saved.request(NODE).build(), Code.INVALID_ARGUMENT, "pod.options");
    Files.writeString(manifest, text.replace("\"runc\"", "\"crun\""));
    refused(saved.request(NODE).build(), Code.FAILED_PRECONDITION, "crun");
    Files.writeString(manifest, text);
    RestorePodRequest request = saved.request(NODE).build();
    assertThat(only(request, NODE.cri().runtime().restorePod(request)).state())
        .isEqualTo(ContainerState.CONTAINER_CREATED);
  }
}
