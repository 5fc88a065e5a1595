package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ImageFilter;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.TestFiles;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** OCI artifacts: images for every call of CRI, but for what makes a container of one. */
class ArtifactVolumesTest {
  private static final String TYPE = "application/vnd.test.model";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);

  @Test
  void itsFilesAreMountedByTheirTitles() throws IOException {
    int before = layers();
    TestFiles artifact = files(Map.of("readme", "hello", "models/small.bin", "weights"));
    String reference = NODE.load("artifact", artifact);
    String id = artifact.manifest().digest();

    Image listed = list(reference).getFirst();
    assertThat(listed.getId()).isEqualTo(id);
    assertThat(listed.getRepoTagsList()).containsExactly(reference);
    assertThat(listed.getRepoDigestsList())
        .containsExactly(reference.substring(0, reference.lastIndexOf(':')) + "@" + id);
    assertThat(listed.getSize()).isPositive();
    ImageStatusRequest status =
        ImageStatusRequest.newBuilder().setImage(spec(reference)).setVerbose(true).build();
    assertThat(NODE.cri().images().imageStatus(status).getImage()).isEqualTo(listed);

    TestContainer container =
        volumes.start(
            Volumes.image(reference, "/data"),
            Volumes.image(id, "/models").setImageSubPath("models"),
            Volumes.image(reference, "/readme").setImageSubPath("readme"));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(list(reference)).containsExactly(listed);
    assertThat(container.sh("cat /data/readme /data/models/small.bin")).isEqualTo("helloweights");
    assertThat(container.sh("cat /models/small.bin /readme")).isEqualTo("weightshello");
    assertThat(container.sh("stat -c '%a %u %g %Y' /data/readme")).isEqualTo("644 0 0 0");
    assertThat(container.exec("touch", "/data/x").exitCode()).isNotZero();
    assertRefused(() -> remove(reference), Status.Code.FAILED_PRECONDITION, container.id());

    container.stop(0);
    container.remove();
    remove(reference);
    assertThat(list("")).noneMatch(image -> image.getId().equals(id));
    assertThat(layers()).isEqualTo(before);
  }

  @Test
  void nothingCanBeRunOfIt() throws IOException {
    String reference = NODE.load("program", files(Map.of("bin/true", "x")));
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    config.getImageBuilder().setImage(reference);
    assertRefused(() -> pod.create(config), Status.Code.INVALID_ARGUMENT, reference, TYPE);
    remove(reference);
  }

  private static TestFiles files(Map<String, String> content) {
    return new TestFiles(TYPE, new TreeMap<>(content));
  }

  private static List<Image> list(String image) {
    return NODE.cri()
        .images()
        .listImages(
            ListImagesRequest.newBuilder()
                .setFilter(ImageFilter.newBuilder().setImage(spec(image)))
                .build())
        .getImagesList();
  }

  private static void remove(String image) {
    NODE.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(spec(image)).build());
  }

  private static ImageSpec spec(String image) {
    return ImageSpec.newBuilder().setImage(image).build();
  }

  private static int layers() throws IOException {
    try (Stream<Path> list = Files.list(NODE.daemon().root().resolve("image/layers"))) {
      return (int) list.count();
    }
  }
}
