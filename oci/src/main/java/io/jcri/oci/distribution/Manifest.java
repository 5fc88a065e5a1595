package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.List;
import java.util.Map;

/**
 * An image manifest of OCI image-spec (manifest.md) or Docker schema 2.
 *
 * @param layers from the lowest to the uppermost
 */
public record Manifest(
    String mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {

  /** More layers than this are refused: overlay mounts take 500. */
  static final int MAX_LAYERS = 500;

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
