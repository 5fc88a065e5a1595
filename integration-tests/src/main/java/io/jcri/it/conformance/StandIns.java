package io.jcri.it.conformance;

import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RegistryPush;
import io.jcri.it.kit.TestArtifact;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The images that critest pulls, remade: each behaves as the specs expect of the original. They
 * come in all the makes a registry may hold (OCI and Docker media types, an index, gzip, zstd and
 * plain layers), so that the suite walks through those too.
 */
final class StandIns {
  /** The registries that critest and the runtimes name. */
  static final List<String> HOSTS =
      List.of("registry.k8s.io", "k8s.gcr.io", "gcr.io", "docker.io", "quay.io");

  /** A sandbox image, for a runtime that needs one. */
  static final String PAUSE = "registry.k8s.io/pause:3.9";

  /** The repository that critest pulls by a digest that it knows by heart. */
  static final String BY_DIGEST = "k8s-staging-cri-tools/test-image-digest";

  private StandIns() {}

  /** Pushes all of them. Returns the digest of {@link #BY_DIGEST}. */
  static String push(LocalRegistry registry) throws IOException {
    Map<String, TestArtifact> images = images();
    try (RegistryPush pusher = registry.pusher()) {
      for (var image : images.entrySet()) {
        int colon = image.getKey().lastIndexOf(':');
        pusher.push(
            image.getKey().substring(0, colon),
            image.getKey().substring(colon + 1),
            image.getValue());
      }
      TestImage byDigest = TestImages.marked("digest");
      return pusher.push(BY_DIGEST, "latest", byDigest);
    }
  }

  /** By repository and tag, without the host: a mirror is asked for the same path. */
  private static Map<String, TestArtifact> images() throws IOException {
    Map<String, TestArtifact> images = new LinkedHashMap<>();
    TestImage busybox = TestImages.busybox();
    images.put(
        "e2e-test-images/busybox:1.29-2",
        new TestIndex(
            Flavor.OCI,
            List.of(busybox.with(new TestImage.Platform("linux", "riscv64", "")), busybox)));
    images.put("e2e-test-images/nginx:1.14-2", TestImages.nginx(80).with(Flavor.DOCKER));
    images.put("e2e-test-images/httpd:2.4.39-4", TestImages.httpd());
    images.put("e2e-test-images/nonewprivs:1.3", TestImages.effectiveUid());
    images.put("pause:3.9", TestImages.pause());

    String own = "k8s-staging-cri-tools/";
    String architecture = TestImage.Platform.HOST.architecture();
    images.put(own + "hostnet-nginx-" + architecture + ":latest", TestImages.nginx(12003));
    images.put(own + "test-image-user-uid:latest", busybox.withUser("1002"));
    images.put(own + "test-image-user-username:latest", busybox.withUser("www-data"));
    images.put(own + "test-image-user-uid-group:latest", busybox.withUser("1003:100"));
    images.put(own + "test-image-user-username-group:latest", busybox.withUser("www-data:100"));
    images.put(own + "test-image-predefined-group:latest", TestImages.predefinedGroup());

    images.put(own + "test-image-latest:latest", TestImages.marked("latest"));
    images.put(own + "test-image-tag:test", TestImages.marked("tag-test").with(Flavor.DOCKER));
    images.put(
        own + "test-image-tag:all",
        TestImages.busybox(Layer.Compression.ZSTD).withCommand("sh", "-c", "true"));
    images.put(
        own + "test-image-1:latest",
        TestImages.busybox(Layer.Compression.NONE).withCommand("sh", "-c", "true"));
    images.put(own + "test-image-2:latest", TestImages.marked("2"));
    images.put(own + "test-image-3:latest", TestImages.marked("3"));
    for (int tag = 1; tag <= 3; tag++) {
      images.put(own + "test-image-tags:" + tag, TestImages.marked("tags"));
    }
    return images;
  }
}
