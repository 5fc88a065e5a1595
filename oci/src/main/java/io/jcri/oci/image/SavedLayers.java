package io.jcri.oci.image;

import com.github.luben.zstd.ZstdOutputStream;
import io.jcri.oci.Digest;
import io.jcri.oci.archive.ArchiveWriter;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.snapshot.LayerStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * The layers of an archive that is written, each in it once. A layer's tar is made anew of its
 * tree, since what came is not kept; so it has another diff ID, and the archive wants its length
 * first: it is made in a temporary file. Not thread-safe.
 */
final class SavedLayers {

  private static final int BUFFER = 256 << 10;

  /**
   * A layer in the archive.
   *
   * @param diffId of its tar
   * @param file its name in the archive
   */
  record Saved(Digest diffId, Descriptor blob, String file) {}

  private final LayerStore layers;
  private final SaveOptions options;
  private final ArchiveWriter archive;
  private final Map<String, Saved> saved = new HashMap<>();

  SavedLayers(LayerStore layers, SaveOptions options, ArchiveWriter archive) {
    this.layers = layers;
    this.options = options;
    this.archive = archive;
  }

  /** The layer, which is in the archive when this returns. The caller holds it. */
  Saved save(Layer layer) throws IOException {
    Saved known = saved.get(layer.key());
    if (known != null) {
      return known;
    }
    Path directory = layers.makeTemporary();
    try {
      Path file = directory.resolve("blob");
      Saved made = pack(layer, file);
      // Layers of different trees may have become the same.
      if (saved.values().stream().noneMatch(other -> other.file().equals(made.file()))) {
        archive.add(made.file(), file);
      }
      saved.put(layer.key(), made);
      return made;
    } finally {
      layers.discard(directory);
    }
  }

  private Saved pack(Layer layer, Path file) throws IOException {
    MessageDigest blob = Digest.newSha256();
    MessageDigest tar = Digest.newSha256();
    try (OutputStream out =
        new DigestOutputStream(
            compressed(new DigestOutputStream(Files.newOutputStream(file), blob)), tar)) {
      OutputStream buffered = new BufferedOutputStream(out, BUFFER);
      archive.packLayer(layer, buffered);
      buffered.flush();
    }
    Digest digest = Digest.ofHash(blob.digest());
    return new Saved(
        Digest.ofHash(tar.digest()),
        new Descriptor(options.compression().mediaType(), digest, Files.size(file)),
        switch (options.format()) {
          case OCI -> SavedImages.blob(digest);
          case DOCKER -> digest.hex() + ".tar";
        });
  }

  private OutputStream compressed(OutputStream out) throws IOException {
    return switch (options.compression()) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER);
      case ZSTD -> new ZstdOutputStream(out);
    };
  }
}
