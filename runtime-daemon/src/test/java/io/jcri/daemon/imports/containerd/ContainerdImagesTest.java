package io.jcri.daemon.imports.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.imports.ForeignImage;
import io.jcri.daemon.imports.FoundImage;
import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.daemon.imports.UnusableImage;
import io.jcri.daemon.imports.bolt.BoltWriter;
import io.jcri.daemon.imports.bolt.BoltWriter.Item;
import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store as containerd has it, with images of every kind. ImportFromContainerdTest has a real one.
 */
class ContainerdImagesTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Platform ARM64 = new Platform("linux", "arm64");

  @TempDir Path root;
  private final List<Item> images = new ArrayList<>();
  private Path blobs = Path.of("");

  @BeforeEach
  void makeStore() throws IOException {
    blobs = Files.createDirectories(root.resolve("io.containerd.content.v1.content/blobs/sha256"));
    Files.createDirectories(root.resolve("io.containerd.metadata.v1.bolt"));
  }

  private Descriptor blob(String mediaType, Object content) throws IOException {
    byte[] bytes =
        content instanceof String text
            ? text.getBytes(StandardCharsets.UTF_8)
            : Json.toBytes(content);
    Descriptor blob = Descriptor.of(mediaType, bytes);
    Files.write(blobs.resolve(blob.digest().hex()), bytes);
    return blob;
  }

  private static Map<String, Object> json(Descriptor descriptor) {
    return Map.of(
        "mediaType", descriptor.mediaType(),
        "digest", descriptor.digest().toString(),
        "size", descriptor.size());
  }

  private Descriptor config(String mark) throws IOException {
    Digest diffId = Digest.of(mark.getBytes(StandardCharsets.UTF_8));
    return blob(
        MediaTypes.OCI_CONFIG,
        Map.of("mark", mark, "rootfs", Map.of("diff_ids", List.of(diffId.toString()))));
  }

  private Descriptor manifest(String mark) throws IOException {
    return blob(
        MediaTypes.OCI_MANIFEST,
        Map.of(
            "schemaVersion",
            2,
            "config",
            json(config(mark)),
            "layers",
            List.of(json(blob(MediaTypes.OCI_LAYER_GZIP, "layer of " + mark)))));
  }

  private void name(String name, Descriptor target, Item... labels) {
    ByteArrayOutputStream size = new ByteArrayOutputStream();
    long left = 2 * target.size();
    for (; left > 0x7f; left >>= 7) {
      size.write((int) (left & 0x7f) | 0x80);
    }
    size.write((int) left);
    images.add(
        Item.inline(
            name,
            Item.value("createdat", "when"),
            Item.inline("labels", labels),
            Item.inline(
                "target",
                Item.value("digest", target.digest().toString()),
                Item.value("mediatype", target.mediaType()),
                Item.value("size", size.toByteArray()))));
  }

  private List<FoundImage> find() throws IOException {
    Files.write(
        root.resolve("io.containerd.metadata.v1.bolt/meta.db"),
        new BoltWriter(4096)
            .meta(2, 2, 100)
            .leaf(2, Item.bucket("v1", 3))
            .leaf(3, Item.inline("default"), Item.bucket("k8s.io", 4))
            .leaf(4, Item.bucket("images", 5), Item.inline("leases"))
            .leaf(5, images.toArray(Item[]::new))
            .bytes());
    return new ContainerdImages(root).find("k8s.io", AMD64);
  }

  private ForeignImage only() throws IOException {
    List<FoundImage> found = find();
    assertThat(found).hasSize(1);
    return (ForeignImage) found.getFirst();
  }

  private String unusable() throws IOException {
    List<FoundImage> found = find();
    assertThat(found).hasSize(1);
    return ((UnusableImage) found.getFirst()).reason();
  }

  @Test
  void anImageHasAllItsNamesButTheOneOfItsId() throws IOException {
    Descriptor manifest = manifest("a");
    Digest id = config("a").digest();
    name("docker.io/library/a:1", manifest);
    name("docker.io/library/a@" + manifest.digest(), manifest);
    name(id.toString(), manifest, Item.value("io.cri-containerd.pinned", "pinned"));
    ForeignImage image = only();
    assertThat(image.id()).isEqualTo(id);
    assertThat(image.tags()).containsExactly("docker.io/library/a:1");
    assertThat(image.digests()).containsExactly("docker.io/library/a@" + manifest.digest());
    assertThat(image.called()).hasSize(2);
    assertThat(image.diffIds()).containsExactly(Digest.of("a".getBytes(StandardCharsets.UTF_8)));
    assertThat(image.documents().stream().map(StoredFile::digest))
        .containsExactly(manifest.digest(), id);
    assertThat(image.layers().getFirst().read(100))
        .isEqualTo("layer of a".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void oneOfItsNamesMayPinAnImage() throws IOException {
    Descriptor manifest = manifest("a");
    name("a.test/a:1", manifest);
    assertThat(only().pinned()).isFalse();
    name("a.test/a:2", manifest, Item.value("io.cri-containerd.pinned", "pinned"));
    assertThat(only().pinned()).isTrue();
  }

  @Test
  void ofAnIndexOnlyThePlatformsPartNeedsToBeThere() throws IOException {
    Descriptor amd = manifest("amd");
    Descriptor arm = manifest("arm");
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Map.Entry<Platform, Descriptor> entry : Map.of(ARM64, arm, AMD64, amd).entrySet()) {
      Map<String, Object> described = new HashMap<>(json(entry.getValue()));
      described.put(
          "platform", Map.of("os", "linux", "architecture", entry.getKey().architecture()));
      entries.add(described);
    }
    Descriptor index = blob(MediaTypes.OCI_INDEX, Map.of("schemaVersion", 2, "manifests", entries));
    name("a.test/a:1", index);
    Files.delete(blobs.resolve(arm.digest().hex()));
    ForeignImage image = only();
    assertThat(image.id()).isEqualTo(config("amd").digest());
    assertThat(image.digests()).containsExactly("a.test/a@" + index.digest());
    assertThat(image.documents()).hasSize(3);

    Files.delete(blobs.resolve(amd.digest().hex()));
    assertThat(unusable())
        .isEqualTo("its manifest " + amd.digest() + " is not in containerd's content store");
  }

  @Test
  void whatIsMissingOrDamagedIsSaid() throws IOException {
    Descriptor manifest = manifest("a");
    name("a.test/a:1", manifest);
    Path layer = blobs.resolve(Digest.of("layer of a".getBytes(StandardCharsets.UTF_8)).hex());
    Files.writeString(layer, "layer");
    assertThat(unusable()).endsWith("has 5 bytes in containerd's content store, not 10");
    Files.delete(layer);
    assertThat(unusable()).startsWith("its layer sha256:").contains("is not in containerd's");
    Path file = blobs.resolve(manifest.digest().hex());
    Files.writeString(file, "x".repeat((int) manifest.size()));
    assertThat(unusable())
        .isEqualTo("the content of " + manifest.digest() + " is not that of its digest");
  }

  @Test
  void aNameThatIsNoneDoesNotHideOthers() throws IOException {
    Descriptor manifest = manifest("a");
    name("Not A Name", manifest);
    name("a.test/a:1", manifest);
    List<FoundImage> found = find();
    assertThat(found).hasSize(2);
    assertThat(((UnusableImage) found.getFirst()).called()).containsExactly("Not A Name");
    assertThat(found.getLast().called()).containsExactly("a.test/a:1");
  }

  @Test
  void anotherNamespaceIsNamed() throws IOException {
    assertThat(find()).isEmpty();
    assertThat(new ContainerdImages(root).find("default", AMD64)).isEmpty();
    assertThatThrownBy(() -> new ContainerdImages(root).find("moby", AMD64))
        .isInstanceOf(ImportException.class)
        .hasMessage("containerd has no namespace moby, but [default, k8s.io]");
  }
}
