package io.jcri.daemon.imports.containerd;

import io.jcri.daemon.imports.ImageDiffIds;
import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.image.ImageLimits;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageIndex;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an index or manifest of the content store leads to on a platform.
 *
 * @param id that the image has by it
 * @param documents from the top down to the config
 * @param diffIds none of an artifact
 */
record Contents(
    Digest id, List<StoredFile> documents, List<Digest> diffIds, List<StoredFile> layers) {

  /** As deep as an image is followed when it is loaded. */
  private static final int MOST_INDEXES = 3;

  /**
   * Follows a descriptor as the loading daemon will.
   *
   * @throws ImportException when something is missing or damaged
   * @throws OciException INVALID or NOT_FOUND when it is no image, or none for the platform
   */
  static Contents below(Descriptor top, Platform platform, ContentStore store) throws IOException {
    return below(top, platform, store, List.of());
  }

  private static Contents below(
      Descriptor at, Platform platform, ContentStore store, List<StoredFile> above)
      throws IOException {
    List<StoredFile> documents = new ArrayList<>(above);
    boolean index = MediaTypes.isIndex(at.mediaType());
    StoredFile file = store.find(at, index ? "index" : "manifest");
    documents.add(file);
    byte[] bytes = file.read(ImageLimits.CONFIG_BYTES);
    if (!index || above.size() == MOST_INDEXES) {
      return ofManifest(Manifest.parse(bytes, at.mediaType(), at.digest()), at, store, documents);
    }
    ImageIndex parsed = ImageIndex.parse(bytes, at.mediaType(), at.digest());
    IOException reason = new ImportException("its index names nothing");
    for (Descriptor entry : parsed.select(platform, "it")) {
      try {
        return below(entry, platform, store, documents);
      } catch (IOException e) {
        // Of those that do not say what they are for, containerd has fetched the right one only.
        reason = e;
      }
    }
    throw reason;
  }

  private static Contents ofManifest(
      Manifest manifest, Descriptor at, ContentStore store, List<StoredFile> documents)
      throws IOException {
    boolean artifact = manifest.artifact().isPresent();
    List<StoredFile> layers = new ArrayList<>();
    for (Descriptor layer : manifest.layers()) {
      layers.add(store.find(layer, artifact ? "file" : "layer"));
    }
    if (artifact) {
      return new Contents(at.digest(), List.copyOf(documents), List.of(), layers);
    }
    StoredFile config = store.find(manifest.config(), "config");
    documents.add(config);
    return new Contents(config.digest(), List.copyOf(documents), ImageDiffIds.of(config), layers);
  }
}
