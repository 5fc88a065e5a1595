package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.tar.TarEntry;

/**
 * Bounds the memory for names of a layer that mean nothing before the layers below are there:
 * directories without an entry of their own, links to files of other layers. Not thread-safe.
 */
final class PendingNames {

  /** What the collections take for each, in characters. */
  private static final int EACH = 64;

  private final long limit;
  private long used;

  /**
   * @param limit in characters
   */
  PendingNames(long limit) {
    this.limit = limit;
  }

  /**
   * @throws io.jcri.oci.OciException INVALID when all are too many or too long
   */
  void take(String name) {
    used += EACH + name.length();
    if (used > limit) {
      throw invalid(
          "the names of directories without an entry and of hard links to other layers' files take"
              + " more than %d characters at \"%s\"".formatted(limit, TarEntry.shown(name)));
    }
  }

  void giveBack(String name) {
    used -= EACH + name.length();
  }
}
