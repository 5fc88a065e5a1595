package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** skopeo, which checks every digest and size, takes what the kit makes and serves. */
class LocalRegistryTest {
  private static final TestImage.Platform ARM = new TestImage.Platform("linux", "arm64", "v8");

  @TempDir Path folder;

  @Test
  void skopeoCopiesImagesOfEveryMakeFromTheRegistry() throws IOException {
    TestImage image = small(Layer.Compression.GZIP);
    Map<String, TestArtifact> artifacts =
        Map.of(
            "oci",
            image,
            "docker",
            image.with(Flavor.DOCKER),
            "zstd",
            small(Layer.Compression.ZSTD),
            "plain",
            small(Layer.Compression.NONE),
            "index",
            new TestIndex(Flavor.OCI, List.of(image.with(ARM), image)),
            "list",
            new TestIndex(
                Flavor.DOCKER,
                List.of(image.with(Flavor.DOCKER), image.with(Flavor.DOCKER).with(ARM))));

    try (LocalRegistry registry = LocalRegistry.start(folder.resolve("r"))) {
      for (var artifact : artifacts.entrySet()) {
        String reference = registry.push("a/b", artifact.getKey(), artifact.getValue());
        Path copy = folder.resolve(artifact.getKey());
        skopeo("copy", "--all", "docker://" + reference, "dir:" + copy);
        assertThat(Blob.of(copy.resolve("manifest.json")).digest())
            .isEqualTo(artifact.getValue().manifest().digest());
      }
    }
  }

  @Test
  void aRegistryWithPasswordLetsOnlyItsUserIn() throws IOException {
    try (LocalRegistry registry = LocalRegistry.startWithPassword(folder.resolve("r"))) {
      String reference = registry.push("closed", "1", small(Layer.Compression.GZIP));
      List<String> inspect =
          List.of("skopeo", "inspect", "--tls-verify=false", "docker://" + reference);

      assertThat(Command.of(inspect).run().exitCode()).isNotZero();
      skopeo(
          "inspect",
          "--creds=" + LocalRegistry.USER + ":" + LocalRegistry.PASSWORD,
          "docker://" + reference);
    }
  }

  @Test
  void skopeoReadsALayoutFolderAndItsArchive() throws IOException {
    Map<String, TestArtifact> artifacts = Map.of("x:1", small(Layer.Compression.GZIP));
    OciLayout.write(folder.resolve("layout"), artifacts);
    OciLayout.writeArchive(folder.resolve("layout.tar"), artifacts);

    Command.of("skopeo", "inspect", "oci:" + folder.resolve("layout") + ":x:1").run().orThrow();
    Command.of("skopeo", "inspect", "oci-archive:" + folder.resolve("layout.tar") + ":x:1")
        .run()
        .orThrow();
  }

  @Test
  void aLayerInAFileHasTheSameDigestsAsInMemory() throws IOException {
    TarEntry entry = TarEntry.file("a", "b");
    Layer memory = Layer.of(entry);
    Layer file =
        Layer.inFile(folder.resolve("layer"), Layer.Compression.GZIP, tar -> tar.add(entry));

    assertThat(file.diffId()).isEqualTo(memory.diffId());
    assertThat(file.blob().digest()).isEqualTo(memory.blob().digest());
    assertThat(Files.size(folder.resolve("layer"))).isEqualTo(memory.blob().size());
  }

  private static TestImage small(Layer.Compression compression) throws IOException {
    return TestImage.of(Layer.of(compression, TarEntry.file("a", "content")));
  }

  private static void skopeo(String verb, String option, String... rest) throws IOException {
    String tls = verb.equals("copy") ? "--src-tls-verify=false" : "--tls-verify=false";
    List<String> line = new ArrayList<>(List.of("skopeo", verb, tls, option));
    line.addAll(List.of(rest));
    Command.of(line).run().orThrow();
  }
}
