package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;

/**
 * A layer's record, layer.json; see {@link LayerStore}.
 *
 * @param version of the record, {@value #VERSION}
 * @param bytes that its tree takes on the disk
 * @param inodes of its tree
 * @param hasRoot whether it says something about the root directory's attributes
 * @param opaqueRoot whether it hides everything below it
 */
public record LayerInfo(
    int version, Digest diffId, long bytes, long inodes, boolean hasRoot, boolean opaqueRoot) {

  /** The only version there is. */
  static final int VERSION = 1;
}
