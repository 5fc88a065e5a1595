package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Archives with a layer as tar, under its diff ID, in place of the blob that the manifest names.
 */
class UnpackedArchivesKernelTest extends ImageStoreFixture {
  private static final String LOADED = "registry.test/unpacked:1";

  private final byte[] tar = new Tars().file("one", "1").build();
  private final Digest packed = Digest.of(TestImage.gzip(tar));
  private final TestImage image =
      new TestImage().layer(tar).layer(new Tars().file("two", "2").build());
  private final Descriptor manifest = image.build();
  private Path blobs = Path.of("");

  @BeforeEach
  void write() throws IOException {
    image.writeLayout(temp.resolve("layout"), manifest, LOADED);
    blobs = temp.resolve("layout/blobs/sha256");
    Files.delete(blobs.resolve(packed.hex()));
  }

  private Image load(ImageStore store) throws IOException {
    Commands.sh(temp, "tar -C layout -cf oci.tar .");
    try (InputStream in = Files.newInputStream(temp.resolve("oci.tar"))) {
      return store.importArchive(in).getFirst();
    }
  }

  @Test
  void theImageIsTheSame() throws IOException {
    Files.write(blobs.resolve(Digest.of(tar).hex()), tar);
    Image loaded = load(open());
    assertThat(loaded.repoTags()).containsExactly(LOADED);
    assertThat(loaded.repoDigests()).containsExactly("registry.test/unpacked@" + manifest.digest());
    registry.serve(LOADED, image);
    Image pulled = pull(open("other", registry), LOADED);
    assertThat(loaded.id()).isEqualTo(pulled.id());
    assertThat(loaded.diffIds()).isEqualTo(pulled.diffIds());
    assertThat(loaded.repoDigests()).isEqualTo(pulled.repoDigests());
  }

  @Test
  void anotherTarIsRefused() throws IOException {
    Files.write(blobs.resolve(Digest.of(tar).hex()), new Tars().file("one", "2").build());
    refused("has other content than its digest says");
  }

  @Test
  void withoutBothTheBlobIsMissed() throws IOException {
    refused("the archive has no blobs/sha256/" + packed.hex());
  }

  private void refused(String why) throws IOException {
    ImageStore store = open();
    assertThatThrownBy(() -> load(store))
        .isInstanceOf(OciException.class)
        .hasMessageContaining(why);
    assertNothingIsLeft(store);
  }
}
