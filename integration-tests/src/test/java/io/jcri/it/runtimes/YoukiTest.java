package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.kit.Tools;
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
class YoukiTest extends PodsWithCgroups {
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
}
