package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jcri save}. */
class SaveCommandTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @ParameterizedTest
  @CsvSource({"oci,gzip", "docker,none"})
  void whatIsSavedAndLoadedRuns(String format, String compression) throws IOException {
    String name = NODE.load("saved/" + format, TestImages.marked("mark"));
    Path file = NODE.scratch().disk().resolve(format + ".tar");
    assertThat(
            jcri.out(
                "save", "--format", format, "--compress", compression, "-o", file.toString(), name))
        .isEmpty();
    String _ = jcri.out("rmi", name);
    assertThat(jcri.out("load", file.toString())).contains(" " + name);
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(name);
    assertThat(pod.start(config).sh("cat /mark")).isEqualTo("mark");
    Files.delete(file);
  }

  @Test
  void anArchiveMayGoFromOneCommandToAnother() throws IOException {
    String name = NODE.load("piped", TestImages.marked("piped"));
    String line =
        String.join(" ", jcri.line("save", name))
            + " | "
            + String.join(" ", jcri.line("load", "--ref", "copy:1"));
    Command.Result result = Command.of("sh", "-c", line).run();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains(" docker.io/library/copy:1").doesNotContain(name);
  }

  @Test
  void whatFailsReplacesNoFile() throws IOException {
    Path file = NODE.scratch().disk().resolve("kept.tar");
    Files.writeString(file, "kept");
    assertThat(jcri.refusal("save", "-o", file.toString(), NODE.busybox(), "nobody"))
        .isEqualTo("cannot save " + NODE.busybox() + " nobody: no image nobody");
    assertThat(file).hasContent("kept");
    assertThat(file.resolveSibling("kept.tar.part")).doesNotExist();
    assertThat(jcri.run("save", "--format", "zip", NODE.busybox()).exitCode()).isEqualTo(2);
  }
}
