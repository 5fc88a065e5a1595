package io.jcri.it.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What of the annotations of pods and containers the OCI runtime is told. */
class AnnotationsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void addHandler() throws IOException {
    NODE.daemon().stop();
    Files.writeString(
        NODE.daemon().configuration(),
        """

        [handlers.told]
        binary = "runc"
        pod_annotations = ["dev.example.*", "io.kubernetes.cri.*"]
        container_annotations = ["own.*"]

        [handlers.wasm]
        binary = "runc"
        pod_annotations = ["module.wasm.image/*", "run.oci.handler"]
        container_annotations = ["module.wasm.image/*", "run.oci.handler"]
        """,
        StandardOpenOption.APPEND);
    NODE.daemon().start();
  }

  private static String configOf(String handler) throws IOException {
    PodSandboxConfig.Builder pod =
        NODE.podConfig()
            .putAnnotations("dev.example.shape", "of-the-pod")
            .putAnnotations("own.color", "not-the-pods")
            .putAnnotations("io.kubernetes.cri.sandbox-uid", "forged");
    TestPod made = NODE.pod(pod, handler);
    ContainerConfig.Builder container =
        made.container("true")
            .putAnnotations("own.color", "of-the-container")
            .putAnnotations("dev.example.size", "not-the-containers");
    return made.create(container).info();
  }

  @Test
  void eachListLetsItsOwnThroughToTheHandlersRuntime() throws IOException {
    assertThat(configOf("told"))
        .contains("\"dev.example.shape\":\"of-the-pod\"")
        .contains("\"own.color\":\"of-the-container\"")
        .doesNotContain("not-the-pods", "not-the-containers")
        .doesNotContain("forged");
  }

  /** By these crun finds out that a container's program is WebAssembly. */
  @Test
  void whatChoosesAWasmEngineReachesTheRuntimeFromPodOrContainer() throws IOException {
    TestPod pod =
        NODE.pod(NODE.podConfig().putAnnotations("module.wasm.image/variant", "compat"), "wasm");
    ContainerConfig.Builder container =
        pod.container("true").putAnnotations("run.oci.handler", "wasm");
    assertThat(pod.create(container).info())
        .contains("\"module.wasm.image/variant\":\"compat\"")
        .contains("\"run.oci.handler\":\"wasm\"");
  }

  @Test
  void withoutAListNothingIsTold() throws IOException {
    assertThat(configOf("")).doesNotContain("of-the-pod", "of-the-container", "forged");
  }
}
