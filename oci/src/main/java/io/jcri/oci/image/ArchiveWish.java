package io.jcri.oci.image;

import java.util.List;

/**
 * What is to become of an archive's images.
 *
 * @param names in any form, for the archive's only image instead of those that it has there; none
 *     to take the archive's
 * @param pinned whether they are to be kept
 */
public record ArchiveWish(List<String> names, boolean pinned) {
  /** As the archive has it. */
  public static final ArchiveWish NONE = new ArchiveWish(List.of(), false);
}
