package io.jcri.oci.image;

import io.jcri.oci.manifest.MediaTypes;

/** How images are written into an archive. */
public record SaveOptions(Format format, Compression compression) {

  /** What the archive is like. */
  public enum Format {
    /** An OCI image layout (OCI image-spec, image-layout.md). */
    OCI,
    /** What {@code docker load} takes. */
    DOCKER
  }

  /** How its layers are packed. */
  public enum Compression {
    /** As they are. */
    NONE(MediaTypes.OCI_LAYER),
    GZIP(MediaTypes.OCI_LAYER_GZIP),
    ZSTD(MediaTypes.OCI_LAYER_ZSTD);

    private final String mediaType;

    Compression(String mediaType) {
      this.mediaType = mediaType;
    }

    String mediaType() {
      return mediaType;
    }
  }
}
