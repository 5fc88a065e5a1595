package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Content and disks that are not as they should be. */
class ImageStoreFailureKernelTest extends ImageStoreFixture {
  @Test
  void contentThatIsNotAsPromisedIsDataLossAndLeavesNothing() throws IOException {
    TestImage image = smallImage();
    registry.serve(NAME, image);
    ImageStore store = open();
    Digest layer = layerBlobs(image).getFirst();
    byte[] good = image.blob(layer);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 1;
    for (byte[] bad :
        List.of(
            flipped,
            java.util.Arrays.copyOf(good, good.length - 5),
            java.util.Arrays.copyOf(good, good.length + 1),
            new byte[0])) {
      registry.replace(layer, bad);
      assertFails(store, OciException.Kind.DATA_LOSS, NAME);
      assertNothingIsLeft(store);
    }
    registry.replace(layer, good);
    assertThat(pull(store, NAME).repoTags()).containsExactly(NAME);
  }

  @Test
  void aLayerWithAnotherDiffIdIsDataLoss() throws IOException {
    byte[] tar = new Tars().file("a", "1").build();
    byte[] other = new Tars().file("a", "2").build();
    registry.serve(NAME, new TestImage().layerOf(tar, TestImage.gzip(other)));
    ImageStore store = open();
    assertFails(store, OciException.Kind.DATA_LOSS, "diff ID");
    assertNothingIsLeft(store);
  }

  @Test
  void imagesThatDoNotFitAreRefused() throws IOException {
    ImageStore store = open(new DirectFetcher.Options(4, true));
    registry.serve(NAME, smallImage().architecture("s390x"));
    assertFails(store, OciException.Kind.NOT_FOUND, "is for linux/s390x");
    registry.serve(
        NAME, new TestImage().layer(new Tars().file("../../etc/cron.d/x", "evil").build()));
    assertFails(store, OciException.Kind.INVALID, "climbs out");
    assertNothingIsLeft(store);
  }

  @Test
  void aFullDiskNamesThePathAndLeavesNothing() throws IOException {
    registry.serve(
        NAME, new TestImage().layer(new Tars().file("big", "x".repeat(4 << 20)).build()));
    Files.createDirectory(temp.resolve("s"));
    Commands.sh(temp, "mount -t tmpfs -o size=1m tmpfs s");
    ImageStore store = open();
    assertFails(store, OciException.Kind.RESOURCE_EXHAUSTED, temp.resolve("s/layers").toString());
    assertNothingIsLeft(store);
  }
}
