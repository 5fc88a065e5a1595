package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.OciLayout;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri load}: images from files. */
class LoadTest {
  private static final String NAME = "docker.io/library/from-file:1";

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void anImageFromAFileIsListedAndRuns() throws IOException {
    Path archive = NODE.scratch().disk().resolve("image.tar");
    OciLayout.writeArchive(
        archive, Map.of(NAME, TestImages.busybox().withEnvironment("FROM=file")));
    Command.Result result = load(NODE.daemon().state().resolve("admin.sock"), archive);
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("sha256:").contains(NAME);
    assertThat(
            NODE.cri()
                .images()
                .imageStatus(
                    ImageStatusRequest.newBuilder()
                        .setImage(ImageSpec.newBuilder().setImage(NAME))
                        .build())
                .getImage()
                .getRepoTagsList())
        .contains(NAME);

    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(NAME);
    assertThat(pod.start(config).sh("echo $FROM")).isEqualTo("file");
  }

  @Test
  void whatIsNoImageIsRefusedAndLeavesNothing() throws IOException {
    Path socket = NODE.daemon().state().resolve("admin.sock");
    int images = images();
    Path text =
        Files.writeString(NODE.scratch().disk().resolve("text"), "no archive".repeat(100_000));
    for (Path file : new Path[] {text, Path.of("/dev/null")}) {
      Command.Result result = load(socket, file);
      assertThat(result.exitCode()).isNotZero();
      assertThat(result.err()).contains("cannot load " + file);
      assertThat(result.out()).isEmpty();
    }
    assertThat(load(socket, Path.of("/no/such")).err()).contains("there is no such file");
    assertThat(images()).isEqualTo(images);
  }

  @Test
  void withoutADaemonItSaysSo() throws IOException {
    Path socket = NODE.scratch().disk().resolve("no.sock");
    Command.Result result = load(socket, Path.of("/dev/null"));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("no jcri daemon answers on " + socket);
  }

  @Test
  void onlyRootMayAsk() throws IOException {
    Path socket = NODE.daemon().state().resolve("admin.sock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  private static int images() {
    return NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesCount();
  }

  private static Command.Result load(Path socket, Path file) throws IOException {
    return Command.of(
            Workspace.distribution().resolve("bin/jcri").toString(),
            "load",
            "--socket",
            socket.toString(),
            file.toString())
        .run();
  }
}
