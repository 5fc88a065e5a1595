package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes up the images of archives. What comes is unpacked to a temporary directory first, since an
 * index may come last: it costs disk, and no memory beyond a layer's buffers. Thread-safe.
 */
final class ArchiveIntake {

  private final LayerStore layers;
  private final Syscalls sys;
  private final Intake intake;
  private final ImageBook book;

  ArchiveIntake(LayerStore layers, Syscalls sys, Intake intake, ImageBook book) {
    this.book = book;
    this.layers = layers;
    this.sys = sys;
    this.intake = intake;
  }

  /** As {@link ImageStore#importArchive}. */
  List<Image> take(InputStream archive, ArchiveWish wish) {
    List<ImageReference> names =
        wish.names().stream().map(ImageNames::tag).map(ImageReference::parse).toList();
    Path directory = layers.makeTemporary();
    try {
      layers.unpackArchive(archive, directory);
      try (ArchiveSource source = new ArchiveSource(sys, directory.resolve("diff"))) {
        List<ArchiveSource.Entry> entries = source.entries();
        if (entries.isEmpty()) {
          throw invalid("the archive holds no image");
        }
        if (!names.isEmpty() && entries.size() > 1) {
          throw invalid(
              "the archive holds %d images, names can be given to one".formatted(entries.size()));
        }
        List<Image> images = new ArrayList<>();
        for (ArchiveSource.Entry entry : entries) {
          Image image = intake.bring(source, names.isEmpty() ? entry : entry.named(names));
          images.add(wish.pinned() ? book.pin(image.id(), true) : image);
        }
        return images;
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot import the archive", e);
    } finally {
      layers.discard(directory);
    }
  }

  private static OciException invalid(String why) {
    return new OciException(OciException.Kind.INVALID, why);
  }
}
