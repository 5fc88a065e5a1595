package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestArtifact;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code jcri import-from crio}, held against what a pull gives. The store is written by skopeo,
 * which uses the same library as CRI-O does.
 */
class ImportFromCrioTest {
  private static final TestImage.Platform ARM = new TestImage.Platform("linux", "arm64", "v8");
  private static final String LONG = "long/" + "name-of-many-letters-".repeat(7) + "/end";

  /** Larger than any buffer on its way, and mostly holes where it is unpacked. */
  private static final byte[] LARGE = new byte[9_000_001];

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static Scratch scratch;
  private static final List<String> ASKED = new ArrayList<>();
  private static final List<ImageRow> PULLED = new ArrayList<>();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @BeforeAll
  static void fillStore() throws IOException {
    LARGE[LARGE.length - 1] = 1;
    scratch = Scratch.create();
    try (LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"))) {
      push(registry, "it/odd", odd());
      push(registry, "it/docker", TestImages.marked("docker").with(Flavor.DOCKER));
      TestImage base = TestImages.marked("index");
      push(registry, "it/index", new TestIndex(Flavor.OCI, List.of(base.with(ARM), base)));
      TestImage byDigest = TestImages.marked("digest");
      String tag = registry.push("it/digest", "1", byDigest);
      ASKED.add(tag.substring(0, tag.length() - 2) + "@" + byDigest.manifest().digest());
      JcriCommand jcri = new JcriCommand(NODE);
      for (String name : ASKED) {
        copyByContainersStorage(name);
        String _ = NODE.pull(name);
        PULLED.add(ImageRow.of(jcri, name));
        String _ = jcri.out("rmi", name);
      }
    }
  }

  private static void push(LocalRegistry registry, String repository, TestArtifact artifact)
      throws IOException {
    ASKED.add(registry.push(repository, "1", artifact));
  }

  /** What a layer may have, in an archive of one writer and packed in two ways. */
  private static TestImage odd() throws IOException {
    byte[] small = "small\n".getBytes(StandardCharsets.UTF_8);
    return TestImages.busybox()
        .withLayer(
            Layer.of(
                Layer.Compression.ZSTD,
                TarEntry.directory("odd", 0755),
                TarEntry.file("odd/file", 0640, small)
                    .withOwner(1000, 3_000_000_000L)
                    .withXattr("user.test", small),
                TarEntry.hardLink("odd/hard", "odd/file", 0640),
                TarEntry.symbolicLink("odd/link", "/odd/file"),
                TarEntry.symbolicLink("odd/outside", "/etc"),
                TarEntry.fifo("odd/pipe", 0600),
                TarEntry.device(TarEntry.Type.CHARACTER_DEVICE, "odd/null", 0666, 1, 3),
                TarEntry.file("odd/empty", 0600, new byte[0]),
                TarEntry.file("odd/gr\u00fc\u00dfe", "umlauts\n"),
                TarEntry.file(LONG, "long\n"),
                TarEntry.file("odd/large", 0644, LARGE)))
        .withLayer(
            Layer.of(
                TarEntry.whiteout("etc/passwd"),
                TarEntry.opaque("odd"),
                TarEntry.file("odd/file", "another\n")));
  }

  private static String storage(String name) {
    return "containers-storage:[overlay@%s+%s:overlay.skip_mount_home=true]%s"
        .formatted(root(), scratch.disk().resolve("run"), name);
  }

  private static void copyByContainersStorage(String name) throws IOException {
    Command.of(
            "skopeo",
            "--insecure-policy",
            "copy",
            "-q",
            "--src-tls-verify=false",
            "docker://" + name,
            storage(name))
        .run()
        .orThrow();
  }

  @AfterAll
  static void delete() throws IOException {
    Command.of("rm", "-rf", scratch.disk().toString(), scratch.state().toString()).run().orThrow();
  }

  @AfterEach
  void removeImages() throws IOException {
    for (ImageRow row : PULLED) {
      String _ = jcri.run("rmi", row.id()).out();
    }
  }

  private static Path root() {
    return scratch.disk().resolve("storage");
  }

  private static Path copy() throws IOException {
    Path copy = Files.createTempDirectory(scratch.disk(), "copy").resolve("storage");
    Command.of("cp", "-a", root().toString(), copy.toString()).run().orThrow();
    return copy;
  }

  private Command.Result take(Path root) throws IOException {
    return jcri.run("import-from", "crio", "--root", root.toString());
  }

  @Test
  void everyImageIsAsAPullWouldHaveBroughtIt() throws IOException {
    Command.Result result = take(root());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).endsWith("imported 4, already there 0, left out 0\n");
    for (int i = 0; i < ASKED.size(); i++) {
      ImageRow row = ImageRow.of(jcri, ASKED.get(i));
      ImageRow pulled = PULLED.get(i);
      assertThat(row.id()).isEqualTo(pulled.id());
      assertThat(row.tags()).isEqualTo(pulled.tags());
      // Of an index, CRI-O also has the manifest below.
      assertThat(row.digests()).containsAll(pulled.digests());
      assertThat(row.size()).isEqualTo(pulled.size());
    }
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(ASKED.getFirst());
    assertThat(pod.start(config).sh("ls -A /odd; cat /odd/file /%s; ls /etc".formatted(LONG)))
        .startsWith("file\nanother\nlong\n")
        .doesNotContain("passwd");
    pod.remove();
    assertThat(take(root()).out()).endsWith("imported 0, already there 4, left out 0\n");
  }

  @Test
  void filesThatHaveChangedAreNamedAndTheirImageIsLeftOut() throws IOException {
    Path store = copy();
    Path large = find(store, "odd/large");
    Files.write(large, new byte[LARGE.length]);
    Command.Result result = take(store);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .isEqualTo(
            "left out %s: file odd/large has other content than when the layer was unpacked\n"
                .formatted(ASKED.getFirst()));
    assertThat(result.out()).endsWith("imported 3, already there 0, left out 1\n");

    Files.delete(large);
    Files.createSymbolicLink(large, Path.of("/etc/shadow"));
    assertThat(take(store).err()).contains("file odd/large is missing");
    assertThat(jcri.out("images")).contains("it/docker").doesNotContain("it/odd");
  }

  private static Path find(Path store, String name) throws IOException {
    try (Stream<Path> layers = Files.list(store.resolve("overlay"))) {
      return layers
          .map(layer -> layer.resolve("diff").resolve(name))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void whatIsMissingIsTold() throws IOException {
    Path store = copy();
    Path file = store.resolve("overlay").relativize(find(store, "index"));
    Path split = store.resolve("overlay-layers").resolve(file.getName(0) + ".tar-split.gz");
    Files.delete(split);
    Path image =
        store.resolve("overlay-images").resolve(PULLED.get(1).id().substring("sha256:".length()));
    Files.delete(image.resolve("manifest"));
    Command.Result result = take(store);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .contains(
            "left out %s: its layer %s has no tar-split".formatted(ASKED.get(2), file.getName(0)))
        .contains("left out %s: its document manifest is not there".formatted(ASKED.get(1)));
    assertThat(result.out()).endsWith("imported 2, already there 0, left out 2\n");

    Path list = store.resolve("overlay-layers/layers.json");
    Files.writeString(list, "[{");
    assertThat(jcri.refusal("import-from", "crio", "--root", store.toString()))
        .contains(list.toString());
    assertThat(jcri.refusal("import-from", "crio", "--root", NODE.scratch().disk().toString()))
        .contains("only the driver overlay is known");
  }
}
