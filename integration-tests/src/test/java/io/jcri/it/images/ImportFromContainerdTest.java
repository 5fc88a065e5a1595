package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.Blob;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.kit.Tools;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code jcri import-from containerd}, held against what a pull gives: a containerd pulls images
 * and is stopped, and their registry with it. Left out where there is no containerd 2.
 */
class ImportFromContainerdTest {
  private static final TestImage.Platform ARM = new TestImage.Platform("linux", "arm64", "v8");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static Scratch scratch;

  /** By name what containerd was asked for, and in the same order what a pull makes of it. */
  private static final List<String> ASKED = new ArrayList<>();

  private static final List<ImageRow> PULLED = new ArrayList<>();
  private static Layer zstd;
  private static final List<Command.Result> WHILE_RUNNING = new ArrayList<>();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @BeforeAll
  static void fillContainerd() throws IOException {
    Optional<Path> binaries = Tools.containerd();
    assumeThat(binaries).isPresent();
    scratch = Scratch.create();
    zstd = Layer.of(Layer.Compression.ZSTD, TarEntry.file("zstd", "of zstd\n"));
    TestImage both =
        TestImages.busybox()
            .withLayer(zstd)
            .withLayer(
                Layer.of(TarEntry.whiteout("etc/passwd"), TarEntry.file("etc/upper", "upper\n")));
    TestImage docker = TestImages.marked("docker").with(Flavor.DOCKER);
    TestImage base = TestImages.marked("index");
    try (LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"))) {
      ASKED.add(registry.push("it/both", "1", both));
      ASKED.add(registry.push("it/docker", "1", docker));
      ASKED.add(
          registry.push("it/index", "1", new TestIndex(Flavor.OCI, List.of(base.with(ARM), base))));
      TestImage byDigest = TestImages.marked("digest");
      String digest = registry.push("it/digest", "1", byDigest);
      ASKED.add(digest.substring(0, digest.length() - 2) + "@" + byDigest.manifest().digest());
      String pause = registry.push("it/pause", "1", TestImages.pause());
      ASKED.add(pause);
      pullByContainerd(binaries.get(), pause);
      JcriCommand jcri = new JcriCommand(NODE);
      for (String name : ASKED) {
        String _ = NODE.pull(name);
        PULLED.add(ImageRow.of(jcri, name));
        String _ = jcri.out("rmi", name);
      }
    }
  }

  private static void pullByContainerd(Path binaries, String pause) throws IOException {
    ContainerdUnderTest containerd =
        ContainerdUnderTest.start(
            new RuntimeUnderTest.Settings(scratch, NODE.registries(), NODE.networks()),
            binaries,
            pause);
    try (CriClient cri = containerd.client()) {
      for (String name : ASKED) {
        var _ =
            cri.images()
                .pullImage(
                    PullImageRequest.newBuilder()
                        .setImage(ImageSpec.newBuilder().setImage(name))
                        .build());
      }
      WHILE_RUNNING.add(
          new JcriCommand(NODE)
              .run("import-from", "containerd", "--dry-run", "--root", root().toString()));
    } finally {
      containerd.close();
    }
  }

  @AfterAll
  static void delete() throws IOException {
    if (scratch != null) {
      Command.of("rm", "-rf", scratch.disk().toString(), scratch.state().toString())
          .run()
          .orThrow();
    }
  }

  @AfterEach
  void removeImages() throws IOException {
    for (ImageRow row : PULLED) {
      String _ = jcri.run("rmi", row.id()).out();
    }
  }

  private static Path root() {
    return scratch.disk().resolve("lib");
  }

  private Command.Result take(Path root) throws IOException {
    return jcri.run("import-from", "containerd", "--root", root.toString());
  }

  /** A store that a test may damage. */
  private static Path copy() throws IOException {
    Path copy = Files.createTempDirectory(scratch.disk(), "copy");
    for (String part :
        List.of("io.containerd.content.v1.content", "io.containerd.metadata.v1.bolt")) {
      Command.of("cp", "-r", root().resolve(part).toString(), copy.toString()).run().orThrow();
    }
    return copy;
  }

  private static Path blob(Path root, Blob blob) {
    return root.resolve("io.containerd.content.v1.content/blobs/sha256").resolve(blob.hex());
  }

  @Test
  void everyImageIsAsAPullWouldHaveBroughtIt() throws IOException {
    Command.Result result = take(root());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).endsWith("imported 5, already there 0, left out 0\n");
    for (int i = 0; i < ASKED.size(); i++) {
      ImageRow row = ImageRow.of(jcri, ASKED.get(i));
      assertThat(row.withPinned(false)).isEqualTo(PULLED.get(i));
      assertThat(row.pinned()).isEqualTo(ASKED.get(i).contains("it/pause"));
    }

    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(ASKED.getFirst());
    assertThat(pod.start(config).sh("cat /zstd /etc/upper; ls /etc"))
        .startsWith("of zstd\nupper\n")
        .doesNotContain("passwd");

    assertThat(take(root()).out())
        .contains("already there " + PULLED.getFirst().id() + " " + ASKED.getFirst())
        .endsWith("imported 0, already there 5, left out 0\n");
    pod.remove();
  }

  @Test
  void whatRunsCanBeReadToo() {
    Command.Result running = WHILE_RUNNING.getFirst();
    assertThat(running.exitCode()).isZero();
    assertThat(running.err()).startsWith("note: containerd is running, as process ");
    assertThat(running.out())
        .contains("would import " + PULLED.getFirst().id() + " " + ASKED.getFirst())
        .endsWith("would import 5, already there 0, left out 0\n");
  }

  @Test
  void anImageWithoutABlobIsLeftOut() throws IOException {
    Path store = copy();
    Files.delete(blob(store, zstd.blob()));
    Command.Result result = take(store);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err().lines())
        .singleElement()
        .asString()
        .startsWith("left out " + ASKED.getFirst())
        .endsWith(
            ": its layer %s is not in containerd's content store".formatted(zstd.blob().digest()));
    assertThat(result.out()).endsWith("imported 4, already there 0, left out 1\n");
    assertThat(jcri.out("images")).contains("it/docker").doesNotContain("it/both");
  }

  /** Sizes are right, so that the daemon must notice. */
  @Test
  void damagedBlobsAreRefusedByWhoeverReadsThem() throws IOException {
    Path store = copy();
    flip(blob(store, zstd.blob()));
    flip(blob(store, TestImages.marked("docker").with(Flavor.DOCKER).config()));
    Command.Result result = take(store);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .contains("left out " + ASKED.get(0))
        .contains("layer " + zstd.blob().digest())
        .contains("left out " + ASKED.get(1))
        .contains("is not that of its digest");
    assertThat(result.out()).endsWith("imported 3, already there 0, left out 2\n");
    assertThat(jcri.out("images")).doesNotContain("it/both", "it/docker");
  }

  private static void flip(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.seek(content.length() / 2);
      int old = content.read();
      content.seek(content.length() / 2);
      content.write(old ^ 0xff);
    }
  }

  @Test
  void aDatabaseThatCannotBeReadIsToldAndNothingIsDone() throws IOException {
    Path store = copy();
    Path database = store.resolve("io.containerd.metadata.v1.bolt/meta.db");
    try (RandomAccessFile content = new RandomAccessFile(database.toFile(), "rw")) {
      content.setLength(3 * 4096);
    }
    assertThat(refusal(store)).contains(database + ": it is damaged: it ends after 12288 bytes");
    Files.write(database, new byte[100_000]);
    assertThat(refusal(store)).contains("it is no bbolt database");
    Files.delete(database);
    assertThat(refusal(store)).contains("there is no " + database);
    assertThat(jcri.refusal("import-from", "containerd", "--root", "/no/such"))
        .contains("there is no directory /no/such");
    assertThat(
            jcri.refusal(
                "import-from", "containerd", "--root", root().toString(), "--namespace", "moby"))
        .contains("containerd has no namespace moby, but [k8s.io]");
    assertThat(jcri.run("import-from", "docker").exitCode()).isEqualTo(2);
  }

  private String refusal(Path store) throws IOException {
    return jcri.refusal("import-from", "containerd", "--root", store.toString());
  }

  @Test
  void aTagThatIsAnotherImagesStaysIt() throws IOException {
    String _ = jcri.out("tag", NODE.busybox(), ASKED.getFirst());
    try {
      Command.Result result = take(root());
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.err().lines())
          .containsExactly("note: " + ASKED.getFirst() + " is another image here, and stays that");
      assertThat(ImageRow.of(jcri, NODE.busybox()).tags()).contains(ASKED.getFirst());
      ImageRow taken = ImageRow.of(jcri, PULLED.getFirst().id());
      assertThat(taken.tags()).isEmpty();
      assertThat(taken.digests()).isEqualTo(PULLED.getFirst().digests());
      assertThat(take(root()).out()).endsWith("imported 0, already there 5, left out 0\n");
    } finally {
      String _ = jcri.out("rmi", ASKED.getFirst());
    }
  }
}
