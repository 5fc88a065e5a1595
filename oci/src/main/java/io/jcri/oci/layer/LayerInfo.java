package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import io.jcri.oci.record.RecordFormat;
import io.jcri.oci.record.RecordFraming;

/**
 * A layer's record, layer.json; see {@code LayerStore}.
 *
 * @param bytes that its tree takes on the disk
 * @param inodes of its tree
 * @param hasRoot whether it says something about the root directory's attributes
 * @param opaqueRoot whether it hides everything below it
 */
public record LayerInfo(
    Digest diffId, long bytes, long inodes, boolean hasRoot, boolean opaqueRoot) {

  public static final RecordFormat<LayerInfo> FORMAT =
      RecordFormat.of("layer", LayerInfo.class, RecordFraming.KEY);

  /** A record takes some 200. */
  public static final int MAX_BYTES = 64 << 10;
}
