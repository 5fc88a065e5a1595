package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.RegistryPush;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that can't be pulled: the refusal names what is wrong, and the store stays as it was. */
class BadImagesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private Set<String> before = Set.of();

  @BeforeEach
  void look() throws IOException {
    before = layers();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(
            NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList())
        .hasSize(1);
    assertThat(layers()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lower/CASE", "a//b", "x:", "x@sha256:abc", "-x", "x:ta g", "http://x/y"})
  void aMalformedReferenceIsNamed(String reference) {
    assertRefused(() -> NODE.pull(reference), Code.INVALID_ARGUMENT, reference);
  }

  @Test
  void anEmptyReferenceIsRefused() {
    assertRefused(() -> NODE.pull(""), Code.INVALID_ARGUMENT);
  }

  @Test
  void anImageThatTheRegistryDoesNotHaveIsNamed() {
    String host = NODE.registry().hostAndPort();
    assertRefused(() -> NODE.pull(host + "/nosuch:1"), Code.NOT_FOUND, host + "/nosuch:1");
    String digest = "sha256:" + "0".repeat(64);
    assertRefused(() -> NODE.pull(host + "/busybox@" + digest), Code.NOT_FOUND, host, digest);
  }

  @Test
  void aRegistryThatDoesNotAnswerIsNamed() {
    String message = assertRefused(() -> NODE.pull("127.0.0.1:1/x:1"), Code.UNKNOWN, "127.0.0.1:1");
    assertThat(message).startsWith("RegistryUnavailable: ");
  }

  @Test
  void theMessageNamesThePlatformsThatAnIndexHas() throws IOException {
    TestIndex index =
        new TestIndex(
            io.jcri.it.kit.Flavor.OCI,
            List.of(
                small("s390x").with(new TestImage.Platform("linux", "s390x", "")),
                small("windows").with(new TestImage.Platform("windows", "amd64", ""))));
    String reference = NODE.registry().push("platforms", "1", index);
    assertRefused(
        () -> NODE.pull(reference), Code.NOT_FOUND, reference, "linux/s390x", "windows/amd64");
  }

  @Test
  void aLayerThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    TestImage image = small("tampered");
    assertSpoiled(
        image,
        (path, body) -> {
          if (!path.contains(image.layers().getFirst().blob().hex())) {
            return body;
          }
          byte[] other = body.clone();
          other[other.length / 2] ^= 1;
          return other;
        },
        image.layers().getFirst().blob().digest());
  }

  @Test
  void aLayerThatIsShorterThanPromisedIsRefused() throws IOException {
    TestImage image = small("truncated");
    String digest = image.layers().getFirst().blob().digest();
    NODE.registry().push("spoiled", "1", image);
    try (RegistryProxy proxy =
        new RegistryProxy(
            NODE.registry().uri(),
            (path, body) -> path.contains(digest) ? Arrays.copyOf(body, body.length / 2) : body)) {
      String message =
          assertRefusedWithOneOf(
              () -> NODE.pull(proxy.hostAndPort() + "/spoiled:1"), Code.DATA_LOSS, Code.UNKNOWN);
      assertThat(message).contains(digest);
    }
    // A connection that broke may work the next time: what came whole is kept for then.
    before = layers();
  }

  @Test
  void aManifestThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    TestImage image = small("manifest");
    try (RegistryPush push = NODE.registry().pusher()) {
      push.push("spoiled", "m", image);
    }
    try (RegistryProxy proxy =
        new RegistryProxy(
            NODE.registry().uri(),
            (path, body) -> {
              byte[] other = body.clone();
              if (path.contains("/manifests/")) {
                other[other.length - 1] = ' ';
              }
              return other;
            })) {
      String digest = image.manifest().digest();
      assertRefused(
          () -> NODE.pull(proxy.hostAndPort() + "/spoiled@" + digest), Code.DATA_LOSS, digest);
    }
  }

  @Test
  void aLayerWhoseContentIsNotTheConfigurationsIsRefused() throws IOException {
    Layer good = Layer.of(TarEntry.file("good", "x"));
    Layer lying =
        Layer.raw(Layer.Compression.GZIP, "sha256:" + "1".repeat(64), good.blob().bytes());
    String reference = NODE.registry().push("lying", "1", TestImage.of(lying));
    assertRefused(() -> NODE.pull(reference), Code.DATA_LOSS, "sha256:" + "1".repeat(64));
  }

  @Test
  void aLayerThatIsNoArchiveIsRefused() throws IOException {
    byte[] garbage = "this is no gzip".getBytes(StandardCharsets.US_ASCII);
    Layer layer = Layer.raw(Layer.Compression.GZIP, "sha256:" + "2".repeat(64), garbage);
    String reference = NODE.registry().push("garbage", "1", TestImage.of(layer));
    String message =
        assertRefusedWithOneOf(() -> NODE.pull(reference), Code.INVALID_ARGUMENT, Code.DATA_LOSS);
    assertThat(message).contains(reference);
  }

  @Test
  void aMemberThatWouldLeaveTheLayerDoesNot() throws IOException {
    Path outside = NODE.scratch().disk().resolve("outside");
    TestImage image =
        TestImage.of(
            Layer.of(
                TarEntry.symbolicLink("exit", NODE.scratch().disk().toString()),
                TarEntry.file("exit/outside", "escaped")));
    String reference = NODE.registry().push("escape", "1", image);
    try {
      NODE.pull(reference);
      NODE.cri()
          .images()
          .removeImage(
              io.jcri.cri.v1.RemoveImageRequest.newBuilder()
                  .setImage(io.jcri.cri.v1.ImageSpec.newBuilder().setImage(reference))
                  .build());
    } catch (io.grpc.StatusRuntimeException refused) {
      assertThat(refused.getStatus().getDescription()).contains("exit/outside");
    }
    assertThat(outside).doesNotExist();
  }

  private static void assertSpoiled(TestImage image, RegistryProxy.Spoiler spoiler, String... parts)
      throws IOException {
    NODE.registry().push("spoiled", "1", image);
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), spoiler)) {
      assertRefused(() -> NODE.pull(proxy.hostAndPort() + "/spoiled:1"), Code.DATA_LOSS, parts);
    }
  }

  private static String assertRefusedWithOneOf(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Code... codes) {
    Throwable failure = org.assertj.core.api.Assertions.catchThrowable(call);
    io.grpc.Status status = io.grpc.Status.fromThrowable(failure);
    assertThat(status.getCode()).as(status.toString()).isIn((Object[]) codes);
    return String.valueOf(status.getDescription());
  }

  private static TestImage small(String mark) throws IOException {
    byte[] noise = new byte[200_000];
    new java.util.Random(mark.hashCode()).nextBytes(noise);
    return TestImages.pause().withLayer(Layer.of(TarEntry.file(mark, 0644, noise)));
  }

  /** The unpacked layers, records and blobs in the store; not what a resumed pull may use. */
  private static Set<String> layers() throws IOException {
    Set<String> found = new TreeSet<>();
    Path root = NODE.daemon().root().resolve("image");
    try (Stream<Path> walk = Files.walk(root, 2)) {
      walk.map(path -> root.relativize(path).toString())
          .filter(path -> !path.contains("partial"))
          .forEach(found::add);
    }
    return found;
  }
}
