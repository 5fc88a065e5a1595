package io.jcri.it.images;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that reads Podman's and CRI-O's registries.conf. */
class ShortNamesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void readTheFile() throws IOException {
    Path configuration = NODE.daemon().configuration();
    String key = "registry_directories";
    Files.writeString(
        configuration,
        Files.readString(configuration)
            .replace(key, "registries_conf = \"" + file() + "\"\n    " + key));
    NODE.daemon().stop();
    NODE.daemon().start();
  }

  private static Path file() {
    return NODE.scratch().disk().resolve("registries.conf");
  }

  private static void write(String toml) throws IOException {
    Files.writeString(file(), toml);
  }

  private static String status(String name) {
    return NODE.cri()
        .images()
        .imageStatus(
            ImageStatusRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(name)).build())
        .getImage()
        .getId();
  }

  private static TestImage pushed(String repository) throws IOException {
    TestImage image = TestImages.marked(repository);
    String _ = NODE.registry().push(repository, "1", image);
    return image;
  }

  @Test
  void aShortNameIsFoundAtTheFirstRegistryThatHasIt() throws IOException {
    String id = pushed("short").config().digest();
    write(
        """
        unqualified-search-registries = ["127.0.0.1:1", "%s"]
        """
            .formatted(NODE.registry().hostAndPort()));

    assertThat(NODE.pull("short:1")).isEqualTo(id);

    assertThat(status("short:1")).isEqualTo(id);
    assertThat(status(NODE.registry().hostAndPort() + "/short:1")).isEqualTo(id);
    var _ =
        NODE.cri()
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage("short:1"))
                    .build());
    assertThat(status(id)).isEmpty();
    assertRefused(() -> NODE.pull("nosuch:1"), Code.NOT_FOUND, "127.0.0.1:1", "nosuch");
  }

  @Test
  void aMovedRepositoryKeepsItsName() throws IOException {
    String id = pushed("archive/team/app").config().digest();
    write(
        """
        [[registry]]
        prefix = "moved.invalid/team"
        location = "%s/archive/team"
        """
            .formatted(NODE.registry().hostAndPort()));

    assertThat(NODE.pull("moved.invalid/team/app:1")).isEqualTo(id);
    assertThat(status("moved.invalid/team/app:1")).isEqualTo(id);
  }

  @Test
  void whatTheFileForbidsIsRefusedWithItsName() throws IOException {
    write("[[registry]]\nlocation = \"" + NODE.registry().hostAndPort() + "\"\nblocked = true\n");
    assertRefused(
        () -> NODE.pull(NODE.registry().hostAndPort() + "/short:1"),
        Code.FAILED_PRECONDITION,
        file().toString(),
        "blocks");
    assertRefused(
        () -> NODE.pull("busybox"),
        Code.FAILED_PRECONDITION,
        "busybox names no registry",
        "unqualified-search-registries");
  }
}
