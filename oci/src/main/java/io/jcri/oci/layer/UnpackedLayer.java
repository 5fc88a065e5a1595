package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import io.jcri.oci.file.DiskUsage;
import java.util.List;

/**
 * What came out of a layer.
 *
 * @param diffId of the tar bytes that were read
 * @param usage of the unpacked tree
 * @param hasRoot whether the layer says something about the root directory's attributes
 * @param opaqueRoot whether it hides everything below it
 * @param implicitDirectories paths of directories without an entry, parents before children: their
 *     attributes are those of the lower layers
 * @param missingLinks hard links to files that only lower layers can have
 */
public record UnpackedLayer(
    Digest diffId,
    DiskUsage usage,
    boolean hasRoot,
    boolean opaqueRoot,
    List<String> implicitDirectories,
    List<MissingLink> missingLinks) {

  /** A hard link whose target is not in the layer. */
  record MissingLink(String path, String target) {}

  /** The same under another name. */
  UnpackedLayer withDiffId(Digest given) {
    return new UnpackedLayer(given, usage, hasRoot, opaqueRoot, implicitDirectories, missingLinks);
  }

  /** Whether the tree is the same on top of any other layers. */
  public boolean isIndependent() {
    return implicitDirectories.isEmpty() && missingLinks.isEmpty();
  }
}
