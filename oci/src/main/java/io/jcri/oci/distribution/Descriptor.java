package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.Map;
import java.util.Optional;

/**
 * What a blob must be (OCI image-spec, descriptor.md).
 *
 * @param size in bytes, at least 0
 * @param platform set in an index's entries only
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Optional<Platform> platform,
    Map<String, String> annotations) {

  public Descriptor {
    if (size < 0) {
      throw new OciException(
          OciException.Kind.INVALID, "descriptor of " + digest + " has the size " + size);
    }
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, Optional.empty(), Map.of());
  }

  /** The descriptor of bytes in hand. */
  public static Descriptor of(String mediaType, byte[] content) {
    return new Descriptor(mediaType, Digest.of(content), content.length);
  }
}
