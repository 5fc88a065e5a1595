package io.jcri.oci.manifest;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or an index before it is known which. A document that could be read as both is
 * refused, whatever its media type says: two readers must not see two images in the same digest
 * (CVE-2021-41190).
 */
public record ManifestDocument(Shape shape, String type, Digest digest) {

  private record Shape(
      int schemaVersion,
      @Nullable String mediaType,
      Optional<Descriptor> config,
      Optional<List<Descriptor>> layers,
      Optional<String> artifactType,
      Optional<List<IndexEntry>> manifests,
      Optional<List<Object>> fsLayers,
      Map<String, String> annotations) {}

  /** The most bytes of a manifest or index, as other clients and registries have it. */
  public static final int MAX_BYTES = 4 << 20;

  private static final Json.Bounds BOUNDS = new Json.Bounds(MAX_BYTES, 64 << 10);

  /**
   * Finds out which it is.
   *
   * @param mediaType from the descriptor or the response; generic JSON types are seen through
   */
  public static ManifestDocument parse(byte[] content, String mediaType, Digest digest) {
    if (MediaTypes.isSchema1(mediaType)) {
      throw schema1(digest);
    }
    Shape shape;
    try {
      shape = Json.parse(content, Shape.class, BOUNDS);
    } catch (OciException e) {
      throw new OciException(e.kind(), "manifest " + digest + ": " + e.getMessage(), e);
    }
    if (shape.schemaVersion == 1 || shape.fsLayers.isPresent()) {
      throw schema1(digest);
    }
    boolean manifest = shape.config.isPresent() || shape.layers.isPresent();
    if (manifest == shape.manifests.isPresent()) {
      throw invalid(
          digest,
          manifest ? "is both a manifest and an index" : "is neither a manifest nor an index");
    }
    String type = typeOf(shape, mediaType, manifest, digest);
    if (manifest ? !MediaTypes.isManifest(type) : !MediaTypes.isIndex(type)) {
      throw invalid(
          digest,
          "has the media type " + type + (manifest ? " but is a manifest" : " but is an index"));
    }
    return new ManifestDocument(shape, type, digest);
  }

  boolean isManifest() {
    return shape.manifests.isEmpty();
  }

  Manifest manifest() {
    Descriptor config = shape.config.orElseThrow(() -> invalid(digest, "has no config"));
    List<Descriptor> layers = shape.layers.orElse(List.of());
    if (layers.size() > Manifest.MAX_LAYERS) {
      throw invalid(
          digest, "has " + layers.size() + " layers, the limit is " + Manifest.MAX_LAYERS);
    }
    return new Manifest(type, config, layers, shape.artifactType.orElse(""), shape.annotations);
  }

  ImageIndex index() {
    List<Descriptor> entries =
        shape.manifests.orElse(List.of()).stream()
            .filter(Objects::nonNull)
            .flatMap(entry -> entry.descriptor().stream())
            .toList();
    return new ImageIndex(type, entries, shape.annotations);
  }

  private static String typeOf(Shape shape, String outer, boolean manifest, Digest digest) {
    String inner = shape.mediaType;
    boolean outerKnown = MediaTypes.isManifest(outer) || MediaTypes.isIndex(outer);
    if (inner == null || inner.isEmpty()) {
      return outerKnown ? outer : manifest ? MediaTypes.OCI_MANIFEST : MediaTypes.OCI_INDEX;
    }
    if (outerKnown && !inner.equals(outer)) {
      throw invalid(digest, "says it is " + inner + ", its descriptor says " + outer);
    }
    return inner;
  }

  private static OciException schema1(Digest digest) {
    return invalid(
        digest,
        "is in the retired format Docker schema 1; push the image again with a current tool to convert it");
  }

  private static OciException invalid(Digest digest, String why) {
    return new OciException(OciException.Kind.INVALID, "manifest " + digest + " " + why);
  }
}
