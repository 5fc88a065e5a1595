package io.jcri.it.images;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.AuthConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.HostsDirectory;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PullImage from real registries, in all the makes an image may have. */
class PullTest {
  private static final TestImage.Platform FOREIGN = new TestImage.Platform("linux", "s390x", "");

  @RegisterExtension static final TestNode NODE = new TestNode();

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void imagesOfBothMediaTypesRun(Flavor flavor) throws IOException {
    assertRuns(
        NODE.load(
            "flavor/" + flavor.name().toLowerCase(java.util.Locale.ROOT),
            marked(flavor.name()).with(flavor)),
        flavor.name());
  }

  @ParameterizedTest
  @EnumSource(Layer.Compression.class)
  void layersOfEveryCompressionAreUnpacked(Layer.Compression compression) throws IOException {
    String name = compression.name().toLowerCase(java.util.Locale.ROOT);
    TestImage image =
        TestImages.busybox().withLayer(Layer.of(compression, TarEntry.file("mark", name + "\n")));
    assertRuns(NODE.load("compression/" + name, image), name);
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void anIndexLeadsToTheImageOfThisMachine(Flavor flavor) throws IOException {
    TestImage own = marked("index of " + flavor).with(flavor);
    TestImage foreign = marked("foreign").with(flavor).with(FOREIGN);
    TestIndex index = new TestIndex(flavor, List.of(foreign, own));
    String reference =
        NODE.load("index/" + flavor.name().toLowerCase(java.util.Locale.ROOT), index);
    assertThat(NODE.pull(reference)).isEqualTo(own.config().digest());
    assertRuns(reference, "index of " + flavor);
  }

  /** It serves every handler; for one that nobody can name it would be pulled in vain. */
  @Test
  void anImageForAHandlerThatIsNotHereIsRefused() {
    ImageSpec.Builder image = ImageSpec.newBuilder().setImage(NODE.busybox());
    PullImageRequest good =
        PullImageRequest.newBuilder().setImage(image.setRuntimeHandler("runc")).build();
    assertThat(NODE.cri().images().pullImage(good).getImageRef())
        .isEqualTo(NODE.pull(NODE.busybox()));
    PullImageRequest bad =
        PullImageRequest.newBuilder().setImage(image.setRuntimeHandler("none")).build();
    assertRefused(
        () -> NODE.cri().images().pullImage(bad),
        Status.Code.INVALID_ARGUMENT,
        "image.runtime_handler: runtime handler none is unknown");
  }

  /** Many are built with a wrong or forgotten architecture and run all the same. */
  @Test
  void anImageAloneIsTakenWhateverPlatformItNames() throws IOException {
    assertRuns(NODE.load("alone", marked("alone").with(FOREIGN)), "alone");
  }

  @Test
  void theReplyIsTheIdOfTheImage() throws IOException {
    TestImage image = marked("id");
    String reference = NODE.registry().push("id", "1", image);
    assertThat(NODE.pull(reference)).isEqualTo(image.config().digest());
    assertThat(NODE.pull(reference)).isEqualTo(image.config().digest());
  }

  @Test
  void tenCallersAtOnceDownloadOnce() throws Exception {
    TestImage image =
        marked("once").withLayer(Layer.of(TarEntry.file("noise", 0644, noise(4 << 20))));
    NODE.registry().push("once", "1", image);
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), (_, body) -> body);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String reference = proxy.hostAndPort() + "/once:1";
      List<Future<String>> pulls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        pulls.add(threads.submit(() -> NODE.pull(reference)));
      }
      for (Future<String> pull : pulls) {
        assertThat(pull.get()).isEqualTo(image.config().digest());
      }
      // Manifest and configuration are everyone's own: they prove that the caller may have them.
      for (Layer layer : image.layers()) {
        assertThat(proxy.requests())
            .filteredOn(r -> r.startsWith("GET ") && r.contains(layer.blob().digest()))
            .hasSizeLessThanOrEqualTo(1);
      }
      assertThat(proxy.requests())
          .anyMatch(r -> r.contains(image.layers().getLast().blob().digest()));
    }
  }

  @Test
  void layersThatAreHereAreNotFetchedAgain() throws IOException {
    NODE.load("base", marked("base"));
    TestImage more = marked("base").withLayer(Layer.of(TarEntry.file("more", "x")));
    NODE.registry().push("more", "1", more);
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), (_, body) -> body)) {
      NODE.pull(proxy.hostAndPort() + "/more:1");
      assertThat(proxy.downloads()).isLessThanOrEqualTo(2); // the configuration and one layer
    }
  }

  @Test
  void aRegistryWithAPasswordIsAskedWithTheCallersCredentials() throws IOException {
    try (LocalRegistry closed =
        LocalRegistry.startWithPassword(NODE.scratch().disk().resolve("closed"))) {
      String reference = closed.push("secret", "1", marked("secret"));
      assertRefused(
          () -> pull(reference, AuthConfig.getDefaultInstance()),
          Status.Code.UNAUTHENTICATED,
          closed.hostAndPort());
      assertRefused(
          () ->
              pull(
                  reference,
                  AuthConfig.newBuilder()
                      .setUsername(LocalRegistry.USER)
                      .setPassword("wrong")
                      .build()),
          Status.Code.UNAUTHENTICATED,
          closed.hostAndPort());
      pull(
          reference,
          AuthConfig.newBuilder()
              .setUsername(LocalRegistry.USER)
              .setPassword(LocalRegistry.PASSWORD)
              .build());
      String other = closed.push("secret", "2", marked("secret2"));
      String pair = LocalRegistry.USER + ":" + LocalRegistry.PASSWORD;
      pull(
          other,
          AuthConfig.newBuilder()
              .setAuth(
                  Base64.getEncoder()
                      .encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
              .build());
    }
  }

  @Test
  void aMirrorAnswersForAnotherHost() throws IOException {
    HostsDirectory.mirror(
        NODE.registries(), NODE.registry().uri(), List.of("mirrored.example.com"));
    NODE.registry().push("team/tool", "1.2", marked("mirrored"));
    String reference = "mirrored.example.com/team/tool:1.2";
    NODE.pull(reference);
    assertRuns(reference, "mirrored");
  }

  @Test
  void aDeadMirrorIsPassedOver() throws IOException {
    HostsDirectory.write(
        NODE.registries(),
        "passed.example.com",
        """
        server = "%s"

        [host."http://127.0.0.1:1"]
          capabilities = ["pull", "resolve"]
        """
            .formatted(NODE.registry().uri()));
    NODE.registry().push("tool", "1", marked("passed"));
    NODE.pull("passed.example.com/tool:1");
  }

  @Test
  void aShortNameIsDockerHubs() throws IOException {
    HostsDirectory.mirror(NODE.registries(), NODE.registry().uri(), List.of("docker.io"));
    NODE.registry().push("library/tiny", "latest", marked("tiny"));
    NODE.pull("tiny");
    assertRuns("tiny", "tiny");
    assertRuns("docker.io/library/tiny:latest", "tiny");
  }

  private static TestImage marked(String mark) throws IOException {
    return TestImages.busybox().withLayer(Layer.of(TarEntry.file("mark", mark + "\n")));
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void pull(String reference, AuthConfig auth) {
    var _ =
        NODE.cri()
            .images()
            .pullImage(
                PullImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(reference))
                    .setAuth(auth)
                    .build());
  }

  private static void assertRuns(String reference, String mark) throws IOException {
    TestPod pod = NODE.pod();
    var config = pod.container("cat", "/mark");
    config.getImageBuilder().setImage(reference);
    TestContainer container = pod.start(config);
    assertThat(container.awaitExit().getExitCode()).isZero();
    assertThat(CriLog.text(container.log(), "stdout")).isEqualTo(mark + "\n");
  }
}
