package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What runs in a container: the image's part and the caller's part put together. */
class ProgramsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void commandAndArgumentsBeatTheImagesAsTheKubeletDocumentsIt() throws IOException {
    String image =
        NODE.load(
            "merge", TestImages.busybox().withEntrypoint("echo", "entry").withCommand("command"));

    assertThat(output(image, List.of(), List.of())).isEqualTo("entry command\n");
    assertThat(output(image, List.of(), List.of("arg"))).isEqualTo("entry arg\n");
    assertThat(output(image, List.of("echo", "own"), List.of())).isEqualTo("own\n");
    assertThat(output(image, List.of("echo", "own"), List.of("arg"))).isEqualTo("own arg\n");
  }

  @Test
  void anImageWithNoProgramNeedsOneFromTheCaller() throws IOException {
    TestImage image = TestImages.marked("no program");
    String reference =
        NODE.load("none", TestImage.of(image.layers().toArray(io.jcri.it.kit.Layer[]::new)));
    assertThat(output(reference, List.of("echo", "x"), List.of())).isEqualTo("x\n");
    NODE.cri().removeAllPods();
    assertRefused(
        () -> output(reference, List.of(), List.of()), Status.Code.INVALID_ARGUMENT, "command");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void theImagesVariablesAreThereUnlessTheCallerSetsThem() throws IOException {
    String image =
        NODE.load(
            "env",
            TestImages.busybox()
                .withEnvironment("KEPT=image")
                .withEnvironment("BEATEN=image")
                .withWorkingDirectory("/var/log"));
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sh", "-c", "pwd; env; true");
    config.getImageBuilder().setImage(image);
    config.addEnvs(TestPod.variable("BEATEN", "caller"));
    config.addEnvs(TestPod.variable("NEW", "a=b c"));
    TestContainer container = pod.start(config);
    container.awaitExit();

    assertThat(CriLog.text(container.log(), "stdout").lines())
        .contains(
            "/var/log",
            "KEPT=image",
            "BEATEN=caller",
            "NEW=a=b c",
            "HOSTNAME=" + pod.config().getHostname())
        .anyMatch(line -> line.startsWith("PATH=/"));
  }

  @Test
  void aWorkingFolderThatIsMissingIsMade() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(pod.container("pwd").setWorkingDir("/made/for/the/occasion"));
    assertThat(container.awaitExit().getExitCode()).isZero();
    assertThat(CriLog.text(container.log(), "stdout")).isEqualTo("/made/for/the/occasion\n");
  }

  private static String output(String image, List<String> command, List<String> arguments)
      throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container().addAllCommand(command).addAllArgs(arguments);
    config.getImageBuilder().setImage(image);
    TestContainer container = pod.start(config);
    container.awaitExit();
    return CriLog.text(container.log(), "stdout");
  }
}
