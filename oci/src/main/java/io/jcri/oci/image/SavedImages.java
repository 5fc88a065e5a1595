package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.archive.ArchiveWriter;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The documents of an archive that is written: configs and manifests as images come, indexes at the
 * end. Not thread-safe.
 */
final class SavedImages {

  private static final String NAME = "io.containerd.image.name";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private final SaveOptions.Format format;
  private final ArchiveWriter archive;
  private final List<Map<String, Object>> index = new ArrayList<>();
  private final Set<String> written = new HashSet<>();

  SavedImages(SaveOptions.Format format, ArchiveWriter archive) {
    this.format = format;
    this.archive = archive;
  }

  static String blob(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  /**
   * Adds an image whose layers are in the archive.
   *
   * @param config with the diff IDs of these layers
   * @param layers from the lowest
   * @param names full tags; none for one that is found by its ID only
   */
  void add(byte[] config, List<SavedLayers.Saved> layers, List<String> names) throws IOException {
    switch (format) {
      case OCI -> addOci(config, layers, names);
      case DOCKER -> addDocker(config, layers, names);
    }
  }

  private void addOci(byte[] config, List<SavedLayers.Saved> layers, List<String> names)
      throws IOException {
    Descriptor configured = Descriptor.of(MediaTypes.OCI_CONFIG, config);
    byte[] manifest =
        Json.toBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaTypes.OCI_MANIFEST,
                "config",
                json(configured),
                "layers",
                layers.stream().map(layer -> json(layer.blob())).toList()));
    Descriptor described = Descriptor.of(MediaTypes.OCI_MANIFEST, manifest);
    write(blob(configured.digest()), config);
    write(blob(described.digest()), manifest);
    if (names.isEmpty()) {
      index.add(json(described));
    }
    for (String name : names) {
      Map<String, Object> entry = new HashMap<>(json(described));
      String tag = ImageReference.parse(name).tag().orElse("");
      entry.put("annotations", Map.of(NAME, name, REF_NAME, tag));
      index.add(entry);
    }
  }

  private void addDocker(byte[] config, List<SavedLayers.Saved> layers, List<String> names)
      throws IOException {
    String file = Digest.of(config).hex() + ".json";
    write(file, config);
    index.add(
        Map.of(
            "Config",
            file,
            "RepoTags",
            names,
            "Layers",
            layers.stream().map(SavedLayers.Saved::file).toList()));
  }

  private void write(String file, byte[] content) throws IOException {
    if (written.add(file)) {
      archive.add(file, content);
    }
  }

  /** Ends the archive. */
  void finish() throws IOException {
    switch (format) {
      case OCI -> {
        archive.add(
            "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        archive.add(
            "index.json",
            Json.toBytes(
                Map.of("schemaVersion", 2, "mediaType", MediaTypes.OCI_INDEX, "manifests", index)));
      }
      case DOCKER -> archive.add("manifest.json", Json.toBytes(index));
    }
    archive.finish();
  }

  private static Map<String, Object> json(Descriptor descriptor) {
    return Map.of(
        "mediaType", descriptor.mediaType(),
        "digest", descriptor.digest().toString(),
        "size", descriptor.size());
  }

  /**
   * A config that names other layers: each digest in it that is a key of the map becomes its value.
   * All else stays byte for byte, whatever it is.
   *
   * @param what names the image in messages
   * @param diffIds that the new config must have
   * @throws OciException FAILED_PRECONDITION when it has not
   */
  static byte[] rewritten(
      byte[] config, Map<Digest, Digest> renamed, List<Digest> diffIds, String what) {
    // One byte is one character here, and back again.
    String text = new String(config, StandardCharsets.ISO_8859_1);
    for (Map.Entry<Digest, Digest> entry : renamed.entrySet()) {
      text = text.replace(marked(entry.getKey()), marked(entry.getValue()).replace(':', '\0'));
    }
    for (Digest diffId : renamed.values()) {
      text = text.replace(marked(diffId).replace(':', '\0'), marked(diffId));
    }
    byte[] changed = text.getBytes(StandardCharsets.ISO_8859_1);
    if (!ImageConfig.parse(changed, what).diffIds().equals(diffIds)) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "the config of image " + what + " writes its layers in a way that is not understood");
    }
    return changed;
  }

  private static String marked(Digest digest) {
    return "\"" + digest + "\"";
  }
}
