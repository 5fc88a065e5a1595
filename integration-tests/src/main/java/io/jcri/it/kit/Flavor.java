package io.jcri.it.kit;

/** Whose media types an image carries. */
public enum Flavor {
  OCI,
  DOCKER;

  String manifest() {
    return switch (this) {
      case OCI -> "application/vnd.oci.image.manifest.v1+json";
      case DOCKER -> "application/vnd.docker.distribution.manifest.v2+json";
    };
  }

  String index() {
    return switch (this) {
      case OCI -> "application/vnd.oci.image.index.v1+json";
      case DOCKER -> "application/vnd.docker.distribution.manifest.list.v2+json";
    };
  }

  String config() {
    return switch (this) {
      case OCI -> "application/vnd.oci.image.config.v1+json";
      case DOCKER -> "application/vnd.docker.container.image.v1+json";
    };
  }

  String layer(Layer.Compression compression) {
    return switch (this) {
      case OCI ->
          switch (compression) {
            case NONE -> "application/vnd.oci.image.layer.v1.tar";
            case GZIP -> "application/vnd.oci.image.layer.v1.tar+gzip";
            case ZSTD -> "application/vnd.oci.image.layer.v1.tar+zstd";
          };
      case DOCKER ->
          switch (compression) {
            case NONE -> "application/vnd.docker.image.rootfs.diff.tar";
            case GZIP -> "application/vnd.docker.image.rootfs.diff.tar.gzip";
            case ZSTD -> "application/vnd.docker.image.rootfs.diff.tar.zstd";
          };
    };
  }
}
