package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer whose blob carries a table of its contents, so that files could be read from a registry
 * one by one. To others, such as this store, the blob is gzip or zstd like any other.
 *
 * @param diffId of the layer
 * @param format {@link #ESTARGZ} or {@link #ZSTD_CHUNKED}
 * @param contents digest of the table: eStargz's is of its JSON, zstd:chunked's of that as it is
 *     compressed
 */
public record SeekableLayer(Digest diffId, String format, Digest contents) {

  /** stargz-snapshotter, docs/estargz.md. */
  public static final String ESTARGZ = "eStargz";

  /** containers/storage, docs/containers-storage-zstd-chunked.md. */
  public static final String ZSTD_CHUNKED = "zstd:chunked";

  private static final Map<String, String> ANNOTATIONS =
      Map.of(
          "containerd.io/snapshot/stargz/toc.digest", ESTARGZ,
          "io.github.containers.zstd-chunked.manifest-checksum", ZSTD_CHUNKED);

  /**
   * Tells by a descriptor's annotations. What else these formats annotate (positions, sizes, the
   * tar-split) helps to find the table, which the end of the blob says as well. A layer that claims
   * to be of both formats is of neither, as containers/storage has it.
   *
   * @param blob of the layer
   */
  static Optional<SeekableLayer> of(Digest diffId, Descriptor blob) {
    List<SeekableLayer> found = new ArrayList<>();
    ANNOTATIONS.forEach((key, format) ->
        Optional.ofNullable(blob.annotations().get(key))
            .flatMap(SeekableLayer::digest)
            .ifPresent(contents -> found.add(new SeekableLayer(diffId, format, contents))));
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** The seekable ones of an image's layers. */
  static List<SeekableLayer> among(List<Digest> diffIds, List<Descriptor> blobs) {
    List<SeekableLayer> found = new ArrayList<>();
    for (int i = 0; i < blobs.size(); i++) {
      of(diffIds.get(i), blobs.get(i)).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  /** An annotation is free text, and no reason to refuse an image. */
  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (OciException e) {
      return Optional.empty();
    }
  }
}
