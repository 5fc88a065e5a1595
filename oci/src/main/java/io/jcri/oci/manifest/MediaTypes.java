package io.jcri.oci.manifest;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The media types of OCI image-spec (media-types.md) and of Docker's image manifest v2, schema 2.
 */
public final class MediaTypes {

  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
  public static final String DOCKER_INDEX =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";
  public static final String DOCKER_LAYER_ZSTD =
      "application/vnd.docker.image.rootfs.diff.tar.zstd";

  /** Of a blob that stands for none (OCI image-spec, manifest.md). */
  public static final String EMPTY = "application/vnd.oci.empty.v1+json";

  /** What a manifest request accepts, best first. */
  public static final List<String> ACCEPTED_MANIFESTS =
      List.of(OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST);

  private MediaTypes() {}

  public static boolean isIndex(String mediaType) {
    return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_INDEX);
  }

  public static boolean isManifest(String mediaType) {
    return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
  }

  /** Docker's retired schema 1, with or without a signature. */
  public static boolean isSchema1(String mediaType) {
    return mediaType.equals("application/vnd.docker.distribution.manifest.v1+json")
        || mediaType.equals("application/vnd.docker.distribution.manifest.v1+prettyjws");
  }

  /**
   * A config of an image. The first registries' clients pushed Docker's under no type of its own.
   */
  static boolean isImageConfig(String mediaType) {
    return mediaType.equals(OCI_CONFIG)
        || mediaType.equals(DOCKER_CONFIG)
        || mediaType.equals("application/octet-stream")
        || mediaType.isEmpty();
  }

  /** A layer of a file tree, distributable or not, in any of the known compressions. */
  public static boolean isLayer(String mediaType) {
    String base = base(mediaType);
    return base.equals(OCI_LAYER)
        || base.equals(OCI_LAYER_GZIP)
        || base.equals(OCI_LAYER_ZSTD)
        || base.equals(DOCKER_LAYER)
        || base.equals(DOCKER_LAYER_GZIP)
        || base.equals(DOCKER_LAYER_ZSTD);
  }

  /**
   * How a layer of a file tree is packed when that is none of the known ways, such as {@code xz} or
   * {@code gzip+encrypted}.
   */
  public static Optional<String> unknownPacking(String mediaType) {
    String base = base(mediaType);
    return isLayer(mediaType)
        ? Optional.empty()
        : Stream.of(OCI_LAYER + "+", DOCKER_LAYER + ".")
            .filter(base::startsWith)
            .map(prefix -> base.substring(prefix.length()))
            .findFirst();
  }

  private static String base(String mediaType) {
    return mediaType.replace(".nondistributable", "").replace(".foreign", "");
  }

  /** A layer that its owner gives out and registries need not have. */
  public static boolean isForeign(String mediaType) {
    return mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.v1.")
        || mediaType.startsWith("application/vnd.docker.image.rootfs.foreign.diff.tar");
  }

  /** A Content-Type header without its parameters, lower case. */
  public static String withoutParameters(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().toLowerCase(java.util.Locale.ROOT);
  }
}
