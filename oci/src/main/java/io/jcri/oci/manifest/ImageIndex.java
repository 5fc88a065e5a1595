package io.jcri.oci.manifest;

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

  /** What BuildKit and others attach to the image that this annotation names. */
  private static final String ATTACHED_TO = "vnd.docker.reference.digest";

  /** Of entries that do not say what they are for; each costs two requests. */
  private static final int MAX_UNTOLD = 8;

  /**
   * The manifests (or nested indexes) to run on a platform: the best variant that it can run; among
   * equals the first. When none matches, those that name no platform, in their order: their configs
   * say what they are.
   *
   * @param what names the image in the message
   * @return at least one; one only, when its platform is known
   * @throws OciException NOT_FOUND, naming the platforms that there are
   */
  public List<Descriptor> select(Platform wanted, String what) {
    List<Descriptor> runnable =
        manifests.stream()
            .filter(d -> MediaTypes.isManifest(d.mediaType()) || MediaTypes.isIndex(d.mediaType()))
            .filter(d -> !d.annotations().containsKey(ATTACHED_TO))
            .toList();
    Optional<Descriptor> best =
        runnable.stream()
            .filter(d -> d.platform().filter(p -> wanted.rank(p) >= 0).isPresent())
            .min(Comparator.comparingInt(d -> wanted.rank(d.platform().orElseThrow())));
    List<Descriptor> chosen =
        best.map(List::of)
            .orElseGet(() ->
                runnable.stream().filter(d -> d.platform().isEmpty()).limit(MAX_UNTOLD).toList());
    if (chosen.isEmpty()) {
      throw new OciException(
          OciException.Kind.NOT_FOUND,
          what + " has no manifest for " + wanted + ", only for " + available(runnable));
    }
    return chosen;
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
