package io.jcri.daemon.imports;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.stream.Stream;

/**
 * An image that another runtime has, whole as far as can be seen.
 *
 * @param id that it will have here: the digest of its config, or of an artifact's manifest
 * @param tops what registries have it by: an index or a manifest
 * @param names in full, of tags and of digests
 * @param pinned whether the other runtime keeps it
 * @param documents indexes, manifests and config
 * @param diffIds of its layers from the lowest; none of an artifact
 * @param layers likewise; a file may hold the layer as tar, and then has the diff ID for a digest
 * @param called what it is called there
 */
public record ForeignImage(
    Digest id,
    List<Descriptor> tops,
    List<ImageReference> names,
    boolean pinned,
    List<StoredFile> documents,
    List<Digest> diffIds,
    List<StoredFile> layers,
    List<String> called)
    implements FoundImage {

  /** Its tags in full. */
  public List<String> tags() {
    return names.stream()
        .flatMap(name -> name.tag().map(tag -> name.withTag(tag).toString()).stream())
        .distinct()
        .toList();
  }

  /** Its repository digests in full. */
  public List<String> digests() {
    return names.stream().flatMap(this::digests).distinct().toList();
  }

  private Stream<String> digests(ImageReference name) {
    return tops.stream().map(top -> name.withDigestOnly(top.digest()).toString());
  }

  /** The same without tags that are another image's; their repositories stay. */
  public ForeignImage without(List<String> tags) {
    List<ImageReference> left =
        names.stream()
            .map(name ->
                name.tag().isPresent() && tags.contains(name.withTag(name.tag().get()).toString())
                    ? name.withDigestOnly(tops.getFirst().digest())
                    : name)
            .distinct()
            .toList();
    return new ForeignImage(id, tops, left, pinned, documents, diffIds, layers, called);
  }
}
