package io.jcri.it.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ImageFsInfoRequest;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images that are kept apart from records. */
class ImageDirectoryTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static Path directory() {
    return NODE.scratch().disk().resolve("apart/images");
  }

  @BeforeAll
  static void keepImagesApart() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().dropIn().write("[images]\ndirectory = \"" + directory() + "\"\n");
    NODE.daemon().start();
    NODE.pull(NODE.busybox());
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void containersRunOfImagesThatAreKeptThereAlsoAfterARestart() throws IOException {
    long before = files(NODE.daemon().root().resolve("image"));
    TestContainer container = NODE.pod().idle();
    container.exec("sh", "-c", "echo kept > /kept");
    NODE.daemon().stop();
    NODE.daemon().start();
    assertThat(container.exec("cat", "/kept").out()).isEqualTo("kept\n");
    assertThat(files(NODE.daemon().root().resolve("image"))).isEqualTo(before);
    assertThat(
            NODE.cri()
                .images()
                .imageFsInfo(ImageFsInfoRequest.getDefaultInstance())
                .getImageFilesystems(0)
                .getFsId()
                .getMountpoint())
        .isEqualTo(directory().toString());
    assertThat(directory().resolve("lock")).isRegularFile();
  }

  @Test
  void whatStandsWherePartialDownloadsBelongKeepsNobodyFromServing() throws IOException {
    NODE.daemon().stop();
    Path partial = directory().resolve("partial");
    Files.delete(partial);
    Files.writeString(partial, "no directory");
    NODE.daemon().start();
    assertThat(NODE.pull(NODE.registry().push("apart", "1", TestImages.marked("apart"))))
        .startsWith("sha256:");
    assertThat(partial).isDirectory();
    assertThat(directory().resolve("partial.unusable")).hasContent("no directory");
  }
}
