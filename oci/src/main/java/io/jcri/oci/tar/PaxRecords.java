package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.PathBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a PAX extended header (pax(1), "pax Extended Header": {@code "%d %s=%s\n"}),
 * limited to the keys that say something about a file in an image.
 */
final class PaxRecords {

  static final PaxRecords NONE = new PaxRecords();

  private static final String XATTR = "SCHILY.xattr.";

  /** XATTR_LIST_MAX: of a file with more, nobody could list the attributes. */
  private static final int MAX_XATTR_NAMES = 1 << 16;

  private final Map<String, String> values = new HashMap<>();
  private final Map<String, byte[]> xattrs = new HashMap<>();
  private int xattrNames;
  private @Nullable SparseMap sparse;

  private PaxRecords() {}

  /**
   * @throws io.jcri.oci.OciException INVALID
   */
  static PaxRecords parse(byte[] content) {
    PaxRecords records = new PaxRecords();
    SparseMap.Builder legacy = new SparseMap.Builder();
    int at = 0;
    while (at < content.length) {
      int space = at;
      int length = 0;
      while (space < content.length
          && content[space] >= '0'
          && content[space] <= '9'
          && length < 1 << 24) {
        length = length * 10 + content[space++] - '0';
      }
      int end = at + length;
      if (space == at
          || space >= content.length
          || content[space] != ' '
          || end > content.length
          || end <= space + 1
          || content[end - 1] != '\n') {
        throw invalid("bad length of a PAX record");
      }
      int equals = space + 1;
      while (equals < end && content[equals] != '=') {
        equals++;
      }
      if (equals == end || equals == space + 1) {
        throw invalid("PAX record without a key or value");
      }
      String key = PathBytes.decode(content, space + 1, equals - space - 1);
      records.add(key, Arrays.copyOfRange(content, equals + 1, end - 1), legacy);
      at = end;
    }
    if (!legacy.isEmpty()) {
      records.sparse = legacy.build();
    }
    return records;
  }

  /** A non-empty value; an empty one takes the field back to the header's. */
  @Nullable String text(String key) {
    String value = values.get(key);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A decimal value, or the fallback when the key is absent. */
  long number(String key, long fallback) {
    String value = text(key);
    return value == null ? fallback : parseDecimal(key, value);
  }

  Map<String, byte[]> xattrs() {
    return xattrs;
  }

  /** The map of the GNU sparse formats 0.0 and 0.1, which is in the records themselves. */
  @Nullable SparseMap sparse() {
    return sparse;
  }

  /** Whether this is GNU sparse format 1.0, whose map is at the start of the data. */
  boolean hasSparseMapInData() {
    return "1".equals(text("GNU.sparse.major")) && "0".equals(text("GNU.sparse.minor"));
  }

  static long parseDecimal(String key, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new OciException(OciException.Kind.INVALID, "bad PAX record " + TarEntry.shown(key), e);
    }
  }

  private void add(String key, byte[] value, SparseMap.Builder legacy) {
    if (key.startsWith(XATTR)) {
      String name = key.substring(XATTR.length());
      xattrNames += name.length() + 1;
      if (xattrNames > MAX_XATTR_NAMES) {
        throw invalid("more names of extended attributes than Linux can list");
      }
      xattrs.put(name, value);
      return;
    }
    String text = PathBytes.decode(value);
    switch (key) {
      case "path", "linkpath", "GNU.sparse.name" -> {
        if (text.indexOf(0) >= 0) {
          throw invalid("PAX record " + key + " holds a NUL");
        }
        values.put(key, text);
      }
      case "size",
          "uid",
          "gid",
          "mtime",
          "GNU.sparse.major",
          "GNU.sparse.minor",
          "GNU.sparse.realsize",
          "GNU.sparse.size" ->
          values.put(key, text);
      case "GNU.sparse.offset" -> legacy.offset(parseDecimal(key, text));
      case "GNU.sparse.numbytes" -> legacy.length(parseDecimal(key, text));
      case "GNU.sparse.map" -> {
        if (!text.isEmpty()) {
          int from = 0;
          for (int comma; (comma = text.indexOf(',', from)) >= 0; from = comma + 1) {
            legacy.number(parseDecimal(key, text.substring(from, comma)));
          }
          legacy.number(parseDecimal(key, text.substring(from)));
        }
      }
      default -> {
        // Comments, names of users, access times and vendor keys mean nothing in a layer.
      }
    }
  }
}
