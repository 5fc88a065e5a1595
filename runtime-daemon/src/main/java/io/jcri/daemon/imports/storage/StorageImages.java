package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ForeignImage;
import io.jcri.daemon.imports.FoundImage;
import io.jcri.daemon.imports.ImageDiffIds;
import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.daemon.imports.UnusableImage;
import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.Platform;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The images in a containers/storage directory. Stateless. */
public final class StorageImages {
  private final Syscalls sys;
  private final Path root;

  /**
   * Of a CRI-O that had better be stopped: what comes and goes meanwhile may be missed.
   *
   * @param root the graph root, such as {@code /var/lib/containers/storage}
   */
  public StorageImages(Syscalls sys, Path root) {
    this.sys = sys;
    this.root = root;
  }

  /**
   * Finds the images that have a name; those that cannot be used say why.
   *
   * @param platform that they are to be for
   * @throws ImportException when the lists of images and layers cannot be read
   */
  public List<FoundImage> find(Platform platform) throws IOException {
    if (!Files.isDirectory(root.resolve("overlay-images"))) {
      throw new ImportException(
          "there is no " + root.resolve("overlay-images") + "; only the driver overlay is known");
    }
    StorageRecords records = StorageRecords.read(root);
    StoredLayers layers = new StoredLayers(sys, root, records.layers());
    List<FoundImage> found = new ArrayList<>();
    for (StorageRecords.Image image : records.images()) {
      if (!image.names().isEmpty()) {
        found.add(image(image, layers, platform));
      }
    }
    return found;
  }

  private FoundImage image(StorageRecords.Image image, StoredLayers layers, Platform platform) {
    try {
      ImageDocumentFiles documents = ImageDocumentFiles.of(root, image);
      Manifest manifest = documents.manifest();
      if (manifest.artifact().isPresent()) {
        throw new ImportException("it is an artifact, whose files are not kept as they came");
      }
      StoredFile config = documents.file(manifest.config().digest().toString());
      List<Digest> diffIds = ImageDiffIds.of(config);
      Map<Digest, StoredFile> files = new LinkedHashMap<>();
      List<Descriptor> tops = documents.tops(platform);
      for (Descriptor top : tops) {
        files.put(top.digest(), documents.file(top.digest()));
      }
      files.put(documents.digest(), documents.file(documents.digest()));
      files.put(config.digest(), config);
      return new ForeignImage(
          config.digest(),
          tops,
          image.names().stream().map(ImageReference::parse).toList(),
          false,
          List.copyOf(files.values()),
          diffIds,
          layers.of(image, diffIds),
          image.names());
    } catch (OciException | IOException e) {
      return new UnusableImage(image.names(), String.valueOf(e.getMessage()));
    }
  }
}
