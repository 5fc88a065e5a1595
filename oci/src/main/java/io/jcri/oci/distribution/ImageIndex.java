package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An image index of OCI image-spec (image-index.md) or Docker's manifest list. */
public record ImageIndex(
    String mediaType, List<Descriptor> manifests, Map<String, String> annotations) {

  /**
   * Reads an index whose bytes were checked against their digest.
   *
   * @throws OciException INVALID when it is no index
   */
  public static ImageIndex parse(byte[] content, String mediaType, Digest digest) {
    ManifestDocument document = ManifestDocument.parse(content, mediaType, digest);
    if (document.isManifest()) {
      throw new OciException(
          OciException.Kind.INVALID,
          digest + " is an image manifest (" + document.type() + "), not an index");
    }
    return document.index();
  }

  /**
   * The manifest (or nested index) to run on a platform: the best variant that it can run; among
   * equals the first. An entry that names no platform is taken when none matches: its config says
   * what it is.
   *
   * @param what names the image in the message
   * @throws OciException NOT_FOUND, naming the platforms that there are
   */
  public Descriptor select(Platform wanted, String what) {
    List<Descriptor> runnable =
        manifests.stream()
            .filter(d -> MediaTypes.isManifest(d.mediaType()) || MediaTypes.isIndex(d.mediaType()))
            .toList();
    Optional<Descriptor> best =
        runnable.stream()
            .filter(d -> d.platform().filter(p -> wanted.rank(p) >= 0).isPresent())
            .min(Comparator.comparingInt(d -> wanted.rank(d.platform().orElseThrow())));
    return best.or(() -> runnable.stream().filter(d -> d.platform().isEmpty()).findFirst())
        .orElseThrow(() ->
            new OciException(
                OciException.Kind.NOT_FOUND,
                what + " has no manifest for " + wanted + ", only for " + available(runnable)));
  }

  private static String available(List<Descriptor> manifests) {
    String names =
        manifests.stream()
            .flatMap(d -> d.platform().stream())
            .filter(p -> !p.os().equals("unknown"))
            .map(Platform::toString)
            .distinct()
            .limit(50)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "nothing" : names;
  }
}
