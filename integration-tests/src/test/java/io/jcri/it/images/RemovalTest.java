package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@code RemoveImage} removes. CRI says no more than that it removes the image and is
 * idempotent; containerd finds the image that a text means and removes all its references, and so
 * does this.
 */
class RemovalTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  /** An image with two tags in two repositories, and another one on the same layers. */
  @Test
  void whateverAnImageIsCalledByItGoesWithAllItsNames() throws IOException {
    TestImage image = TestImages.marked("removal");
    String id = image.config().digest();
    String hex = id.substring("sha256:".length());
    String manifest = image.manifest().digest();
    String host = NODE.registry().hostAndPort();
    String first = host + "/removal/a:1";
    String second = host + "/removal/b:1";
    String bystander = NODE.load("removal/bystander", image.withUser("1000"));

    Map<String, Boolean> removes = new LinkedHashMap<>();
    removes.put(first, true);
    removes.put(second, true);
    removes.put(host + "/removal/a@" + manifest, true);
    // The digest counts, whatever tag stands before it.
    removes.put(host + "/removal/b:other@" + manifest, true);
    removes.put(id, true);
    removes.put(hex, true);
    removes.put(hex.substring(0, 12), true);
    removes.put("sha256:" + hex.substring(0, 12), true);

    removes.put(host + "/removal/a:2", false);
    removes.put(host + "/removal/c:1", false);
    removes.put(host + "/removal/c@" + manifest, false);
    removes.put(host + "/removal/a@" + id, false);
    // An image's ID is the digest of its config; that of its manifest alone names nothing.
    removes.put(manifest, false);
    removes.put("f".repeat(64), false);
    removes.put("no such name", false);

    for (var removal : removes.entrySet()) {
      NODE.load("removal/a", image);
      NODE.load("removal/b", image);
      remove(removal.getKey());
      remove(removal.getKey());
      if (removal.getValue()) {
        assertThat(names()).as(removal.getKey()).doesNotContainKey(id);
      } else {
        assertThat(names().get(id)).as(removal.getKey()).containsExactly(first, second);
      }
      assertThat(names().values()).as(removal.getKey()).contains(List.of(bystander));
      assertThat(names().values()).as(removal.getKey()).contains(List.of(NODE.busybox()));
    }
  }

  /** As CRI and containerd have it: the container keeps what it stands on. */
  @Test
  void anImageOfARunningContainerMayGo() throws IOException {
    TestImage image = TestImages.marked("running");
    String reference = NODE.load("running", image);
    TestPod pod = NODE.pod();
    var config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(reference);
    TestContainer container = pod.start(config);
    remove(reference);
    assertThat(names()).doesNotContainKey(image.config().digest());
    assertThat(container.sh("cat /running")).isEqualTo("running");
  }

  private static Map<String, List<String>> names() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (Image image :
        NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList()) {
      names.put(image.getId(), List.copyOf(image.getRepoTagsList()));
    }
    return names;
  }

  private static void remove(String image) {
    NODE.cri()
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(image))
                .build());
  }
}
