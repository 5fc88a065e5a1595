package io.jcri.it.observation;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator reads at the usual level: what matters, by name, and nothing else. */
class DaemonLogTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NOBODY = "0123456789abcdef".repeat(4);

  /** A class of Java's or of ours, with or without its package. */
  private static final String CLASS =
      ".*(\\b(io|java|com|org|sun|jdk)\\.\\w+\\.[\\w.$]+|\\b[A-Z]\\w+(Exception|Error)\\b).*";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** Where a runtime of this machine is too old the node says so, rightly. */
  private static boolean isOfOldRuntime(String line) {
    return line.contains("known container escapes");
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(NODE.daemon().log()).stream()
        .filter(line -> !isOfOldRuntime(line))
        .toList();
  }

  /** The log of a daemon of its own. */
  private static void startAfresh(String key) throws IOException {
    NODE.daemon().stop();
    Files.delete(NODE.daemon().log());
    Path file = NODE.daemon().configuration();
    Files.writeString(file, key + "\n" + Files.readString(file));
    NODE.daemon().start();
  }

  private static void startAsUsual(String key) throws IOException {
    NODE.daemon().stop();
    Path file = NODE.daemon().configuration();
    Files.writeString(file, Files.readString(file).replace(key + "\n", ""));
    Files.delete(NODE.daemon().log());
    NODE.daemon().start();
  }

  @Test
  void aDayOfAHealthyNodeIsTheLivesOfItsPods() throws IOException {
    startAfresh("log_level = \"info\"");
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    for (int i = 0; i < 3; i++) {
      assertThat(container.exec("false").exitCode()).isEqualTo(1);
      assertRefused(() -> container.exec("/no/such/probe"), Code.INTERNAL, "/no/such/probe");
    }
    assertRefused(() -> container.exec(1, "sleep", "60"), Code.DEADLINE_EXCEEDED, container.id());
    askForWhatIsNotThere();
    TestContainer bad = pod.create(pod.container("/no/such/command"));
    assertRefused(bad::start, Code.INTERNAL, "/no/such/command");
    bad.remove();
    container.stop(0);
    container.remove();
    pod.remove();
    assertRefused(container::status, Code.NOT_FOUND, container.id());
    stopWithAStreamOpen();

    List<String> lines = lines();
    assertThat(lines)
        .allMatch(line -> line.matches("\\S+ INFO  [a-z]+: .*"), "at INFO, with a topic")
        .noneMatch(line -> line.matches(CLASS))
        .noneMatch(line -> line.contains("probe"))
        .noneMatch(line -> line.contains(NOBODY));
    assertThat(lines.getFirst())
        .contains(" jcri ")
        .contains("configuration: " + NODE.daemon().configuration())
        .containsPattern("cgroups: (v1|v2|hybrid), by (systemd|cgroupfs)")
        .containsPattern("handlers: .*runc \\(/")
        .containsPattern("network: \\S+ from ")
        .contains("socket: " + NODE.daemon().socket());
    String name = "it/" + pod.config().getMetadata().getName();
    assertThat(lines)
        .filteredOn(line -> line.contains("/no/such/command"))
        .as("lines of the bad command")
        .hasSize(1)
        .allMatch(line -> line.contains(name + "/") && line.contains(bad.id()))
        .allMatch(line -> line.matches(".* call=[0-9a-f]{4,}"));
    assertThat(lines)
        .anyMatch(line -> line.contains("pod " + name + " " + pod.id() + " runs"))
        .anyMatch(line -> line.contains("pod " + name + " " + pod.id() + " is removed"))
        .filteredOn(line -> line.contains(container.id()))
        .allMatch(line -> line.contains("container " + name + "/"))
        .extracting(line -> line.replaceAll(".* " + container.id() + "| call=.*", ""))
        .extracting(line -> line.replaceAll(" of image .*", ""))
        .containsExactly(" is created", " runs", " has exited with 137 (Error)", " is removed");
    NODE.daemon().start();
    startAsUsual("log_level = \"info\"");
  }

  private static void askForWhatIsNotThere() {
    var runtime = NODE.cri().runtime();
    assertRefused(
        () ->
            runtime.containerStatus(
                ContainerStatusRequest.newBuilder().setContainerId(NOBODY).build()),
        Code.NOT_FOUND);
    assertRefused(
        () ->
            runtime.podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(NOBODY).build()),
        Code.NOT_FOUND);
    var _ =
        runtime.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(NOBODY).build());
    var _ =
        runtime.removePodSandbox(
            RemovePodSandboxRequest.newBuilder().setPodSandboxId(NOBODY).build());
  }

  /** As the kubelet has one all the time. */
  private static void stopWithAStreamOpen() throws IOException {
    try (CriClient client = NODE.daemon().client()) {
      Iterator<ContainerEventResponse> _ =
          client.runtime().getContainerEvents(GetEventsRequest.getDefaultInstance());
      NODE.daemon().stop();
    }
  }

  @Test
  void theDeathOfAShimIsToldAsThat() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertThat(ProcessHandle.of(container.shimPid()).orElseThrow().destroyForcibly()).isTrue();
    String told = container.id() + " has died";
    Waiting.until(
        PATIENCE, () -> Files.readString(log()).contains(told), () -> "not told: " + told);
    assertThat(lines())
        .filteredOn(line -> line.contains(told))
        .singleElement()
        .asString()
        .matches(".* WARN  container: the shim of container it/\\S+/\\S+ .* has died, and .*");
  }

  private static Path log() {
    return NODE.daemon().log();
  }

  @Test
  void eachLineMayBeAnObjectOfJson() throws IOException {
    String key = "log_format = \"json\"";
    startAfresh(key);
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    container.stop(0);
    pod.remove();
    List<JsonObject> lines =
        Files.readAllLines(log()).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(line.keySet()).contains("time", "level", "topic", "message"));
    assertThat(lines.getFirst().get("message").getAsString()).startsWith("jcri ");
    assertThat(lines)
        .filteredOn(line -> line.has("container"))
        .isNotEmpty()
        .allSatisfy(line -> {
          assertThat(line.get("pod").getAsString())
              .isEqualTo("it/" + pod.config().getMetadata().getName());
          assertThat(line.get("podId").getAsString()).isEqualTo(pod.id());
          assertThat(line.get("containerId").getAsString()).isEqualTo(container.id());
        })
        .anySatisfy(line -> assertThat(line.get("call").getAsString()).matches("[0-9a-f]{4,}"));
    startAsUsual(key);
  }
}
