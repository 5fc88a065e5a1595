package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Layers and archives that are compressed in other ways than most. */
class PackingKernelTest extends ImageStoreFixture {

  private static final byte[] TAR = new Tars().file("a", "1").build();
  private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4, 1, 2, 3, 4};

  @Test
  void aLayerWithTheLargestWindowOfZstdIsUnpacked() throws IOException {
    registry.serve(NAME, new TestImage().layerOf(TAR, zstd(21 << 3)));
    ImageStore store = open();
    assertThat(pull(store, NAME).repoTags()).containsExactly(NAME);
  }

  @Test
  void oneWithALargerOneIsRefusedByName() throws IOException {
    registry.serve(NAME, new TestImage().layerOf(TAR, zstd(21 << 3 | 1)));
    ImageStore store = open();
    assertFails(store, OciException.Kind.INVALID, "layer " + Digest.of(TAR));
    assertFails(store, OciException.Kind.INVALID, "2415919104 bytes, the limit is 2147483648");
    assertNothingIsLeft(store);
  }

  @Test
  void anUnknownCompressionIsCalledByItsName() throws IOException {
    ImageStore store = open();
    registry.serve(NAME, new TestImage().layerOf(TAR, XZ));
    assertFails(store, OciException.Kind.INVALID, "layer " + Digest.of(TAR));
    assertFails(store, OciException.Kind.INVALID, "compressed with xz, which is not supported");
    assertNothingIsLeft(store);

    assertThatThrownBy(() -> store.importArchive(new ByteArrayInputStream(XZ)))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageContaining("the archive: it is compressed with xz, which is not supported");
    assertNothingIsLeft(store);
  }

  @Test
  void soIsOneThatTheMediaTypeTellsOf() throws IOException {
    ImageStore store = open();
    for (String packing : new String[] {"xz", "gzip+encrypted"}) {
      registry.serve(NAME, new TestImage().layerOf(MediaTypes.OCI_LAYER + "+" + packing, TAR, XZ));
      assertFails(
          store,
          OciException.Kind.INVALID,
          "the layer " + Digest.of(XZ) + " packed as " + packing + ", which is not supported");
    }
    assertThat(registry.askedFor(Digest.of(XZ))).isZero();
    assertNothingIsLeft(store);
  }

  /** A frame of one raw block with a window that its header claims. */
  private static byte[] zstd(int window) {
    int block = TAR.length << 3 | 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) window});
    out.writeBytes(new byte[] {(byte) block, (byte) (block >> 8), (byte) (block >> 16)});
    out.writeBytes(TAR);
    return out.toByteArray();
  }
}
