package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.kit.Tools;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** youki, an OCI runtime in Rust, by its program: held to what sandboxed pods are, without one. */
@EnabledIf("available")
class YoukiTest extends SandboxedPods {
  private static final Optional<Path> PROGRAM = Tools.youki();

  /** Whether there is one, or it could be built. */
  static boolean available() {
    return PROGRAM.isPresent();
  }

  @BeforeAll
  static void addHandler() throws IOException {
    configure("binary = \"%s\"".formatted(PROGRAM.orElseThrow()));
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(pod.pausePid());
  }

  @Override
  String whyNoUserNamespace() {
    return "its OCI runtime has no id-mapped mounts";
  }

  /** The pod's own process only holds namespaces: its containers are none of that one's. */
  @Test
  @Override
  void theDeathOfTheSandboxIsThatOfAll() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    killSandbox(pod);
    awaitNotReady(pod);
    assertThat(container.sh("echo alive").strip()).isEqualTo("alive");
    pod.stop();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    pod.remove();
  }

  /** It tells of fewer things than runc, of some of them by null. */
  @Test
  void whatItSaysOfItselfIsTaken() {
    String info =
        NODE.cri()
            .runtime()
            .status(StatusRequest.newBuilder().setVerbose(true).build())
            .getInfoOrThrow("info");
    JsonObject youki =
        JsonParser.parseString(info)
            .getAsJsonObject()
            .getAsJsonObject("runtimes")
            .getAsJsonObject(HANDLER);
    assertThat(youki.get("name").getAsString()).isEqualTo("youki");
    assertThat(youki.get("sandbox").getAsString()).isEqualTo("pause");
    JsonObject features = youki.getAsJsonObject("features");
    assertThat(features.get("ociVersion").getAsString()).isEqualTo("1.1.0");
    assertThat(features.get("recursiveReadOnlyMounts").getAsBoolean()).isFalse();
    assertThat(features.get("idMappedMounts").getAsBoolean()).isFalse();
    assertThat(features.get("userNamespaces").getAsBoolean()).isFalse();
  }

  @Test
  void aContainerThatOutgrowsItsMemoryEndsAsOomKilled() throws IOException {
    TestPod pod = pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "x=a; while :; do x=$x$x; done; true");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    ContainerStatus status = pod.start(config).awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @Test
  void aRunningContainersLimitsChange() throws IOException {
    TestContainer container = pod().idle();
    container.update(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(128 << 20));
    assertThat(Cgroup.read(container, "memory", "memory.limit_in_bytes", "memory.max"))
        .isEqualTo(Integer.toString(128 << 20));
  }
}
