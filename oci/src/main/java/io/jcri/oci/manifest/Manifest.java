package io.jcri.oci.manifest;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image manifest of OCI image-spec (manifest.md) or Docker schema 2.
 *
 * @param layers from the lowest to the uppermost
 * @param artifactType what its author says it is; empty for most images
 */
public record Manifest(
    String mediaType,
    Descriptor config,
    List<Descriptor> layers,
    String artifactType,
    Map<String, String> annotations) {

  /** More layers than this are refused: overlay mounts take 500. */
  static final int MAX_LAYERS = 500;

  /**
   * What kind of artifact it is, empty for an image (OCI image-spec, manifest.md, "Guidelines for
   * Artifact Usage"). What has an image's config is an image, even when it calls itself something,
   * unless it also has other layers than images have.
   */
  public Optional<String> artifact() {
    boolean image =
        !mediaType.equals(MediaTypes.OCI_MANIFEST)
            || (MediaTypes.isImageConfig(config.mediaType())
                && (artifactType.isEmpty()
                    || layers.stream().allMatch(layer -> MediaTypes.isLayer(layer.mediaType()))));
    return image
        ? Optional.empty()
        : Optional.of(artifactType.isEmpty() ? config.mediaType() : artifactType);
  }

  /**
   * Reads a manifest whose bytes were checked against their digest.
   *
   * @param digest names the manifest in messages
   * @throws OciException INVALID when it is no image manifest; the message says what it is
   */
  public static Manifest parse(byte[] content, String mediaType, Digest digest) {
    ManifestDocument document = ManifestDocument.parse(content, mediaType, digest);
    if (!document.isManifest()) {
      throw new OciException(
          OciException.Kind.INVALID,
          digest + " is an image index (" + document.type() + "), not a manifest");
    }
    return document.manifest();
  }
}
