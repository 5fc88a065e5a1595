package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.OciLayout;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri load}: images from files. */
class LoadTest {
  private static final String NAME = "docker.io/library/from-file:1";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

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

  @Test
  void anImageGetsTheNamesItIsGivenAndIsKept() throws IOException {
    Path archive = NODE.scratch().disk().resolve("named.tar");
    OciLayout.writeArchive(archive, Map.of("example.com/own:1", TestImages.marked("named")));
    String out =
        jcri.out("load", "--ref", "mine", "--ref", "b.test/x:2", "--pin", archive.toString());
    assertThat(out).contains(" b.test/x:2 docker.io/library/mine:latest").doesNotContain("own");
    assertThat(jcri.out("images").lines())
        .filteredOn(line -> line.contains("b.test/x:2"))
        .singleElement()
        .asString()
        .contains(" yes ");

    Path two = NODE.scratch().disk().resolve("two.tar");
    OciLayout.writeArchive(
        two,
        Map.of(
            "example.com/a:1", TestImages.marked("a"), "example.com/b:1", TestImages.marked("b")));
    assertThat(jcri.refusal("load", "--ref", "mine", two.toString()))
        .isEqualTo(
            "cannot load " + two + ": the archive holds 2 images, names can be given to one");
    assertThat(jcri.refusal("load", "--ref", "UPPER", archive.toString())).contains("UPPER");
    assertThat(jcri.out("images")).doesNotContain("example.com");
  }

  /** More than the daemon's heap and the command's: neither can hold it. */
  @Test
  void anArchiveLargerThanAnyHeapStreamsThrough() throws IOException {
    Path folder = Files.createDirectory(NODE.scratch().disk().resolve("large"));
    long bytes = 300L << 20;
    Path zeros = folder.resolve("zeros");
    try (RandomAccessFile file = new RandomAccessFile(zeros.toFile(), "rw")) {
      file.setLength(bytes);
    }
    Layer layer =
        Layer.inFile(
            folder.resolve("layer"),
            Layer.Compression.NONE,
            tar -> tar.add(TarEntry.file("zeros", 0644, bytes, () -> Files.newInputStream(zeros))));
    Path archive = folder.resolve("archive");
    OciLayout.writeArchive(archive, Map.of("example.com/large:1", TestImage.of(layer)));
    String line = String.join(" ", jcri.line("load"));
    Command.Result result = Command.of("sh", "-c", "cat " + archive + " | " + line).run();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("example.com/large:1");
    assertThat(jcri.out("rmi", "example.com/large:1")).startsWith("removed sha256:");
    for (Path file : new Path[] {archive, folder.resolve("layer"), zeros}) {
      Files.delete(file);
    }
  }

  @Test
  void aLoadEndsWithItsCommand() throws Exception {
    Path archive = NODE.scratch().disk().resolve("half.tar");
    OciLayout.writeArchive(archive, Map.of("example.com/half:1", TestImages.marked("half")));
    byte[] whole = Files.readAllBytes(archive);
    Process command =
        new ProcessBuilder(jcri.line("load"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      // Its output stays open: only the command's end can end this.
      command.getOutputStream().write(whole, 0, whole.length / 2);
      command.getOutputStream().flush();
      Waiting.until(PATIENCE, () -> imports() == 1, () -> "the load has not begun");
    } finally {
      command.destroyForcibly();
    }
    assertThat(command.waitFor()).isNotZero();
    Waiting.until(PATIENCE, () -> imports() == 0, () -> "the load has not ended");
    assertThat(jcri.out("images")).doesNotContain("example.com/half");
  }

  private static long imports() throws IOException {
    try (Stream<Path> entries = Files.list(NODE.daemon().root().resolve("image/layers"))) {
      return entries.filter(e -> e.getFileName().toString().startsWith("new-")).count();
    }
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
