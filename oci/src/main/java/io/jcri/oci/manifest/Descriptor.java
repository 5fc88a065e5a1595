package io.jcri.oci.manifest;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a blob must be (OCI image-spec, descriptor.md).
 *
 * @param size in bytes, at least 0
 * @param platform set in an index's entries only
 * @param urls where else it is: kept only for a foreign layer, the first few that are no monsters;
 *     whoever writes a manifest could have others' nodes ask anything otherwise
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Optional<Platform> platform,
    Map<String, String> annotations,
    List<String> urls) {

  private static final int MAX_URLS = 16;
  private static final int MAX_URL = 4096;

  public Descriptor {
    urls =
        MediaTypes.isForeign(mediaType)
            ? urls.stream().filter(url -> url.length() <= MAX_URL).limit(MAX_URLS).toList()
            : List.of();
    if (size < 0) {
      throw new OciException(
          OciException.Kind.INVALID, "descriptor of " + digest + " has the size " + size);
    }
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, Optional.empty(), Map.of(), List.of());
  }

  /** The descriptor of bytes in hand. */
  public static Descriptor of(String mediaType, byte[] content) {
    return new Descriptor(mediaType, Digest.of(content), content.length);
  }
}
