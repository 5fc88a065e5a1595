package io.jcri.oci.user;

import io.jcri.oci.OciException;
import java.util.Optional;

/** User and group ids: u32, and never 4294967295, which the kernel takes for "do not change". */
final class UnixIds {
  static final long MAX = 0xffff_fffeL;

  private UnixIds() {}

  /** ASCII digits only: such a text is always an id, never a name that a passwd file could map. */
  static boolean isNumeric(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Empty when the text is no number or out of range. */
  static Optional<Long> parse(String text) {
    if (!isNumeric(text) || text.length() > 10) {
      return Optional.empty();
    }
    long id = Long.parseLong(text);
    return id <= MAX ? Optional.of(id) : Optional.empty();
  }

  /**
   * @param what names the field for the error
   * @throws OciException INVALID
   */
  static long check(String what, long id) {
    if (id < 0 || id > MAX) {
      throw outOfRange(what, Long.toString(id));
    }
    return id;
  }

  static OciException outOfRange(String what, String id) {
    return new OciException(
        OciException.Kind.INVALID, what + " " + id + " is not between 0 and " + MAX);
  }
}
