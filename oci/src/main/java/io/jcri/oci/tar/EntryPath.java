package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.invalid;

/**
 * The place of an entry below the layer's root: no leading slash, no empty, {@code .} or {@code ..}
 * component, the root itself is the empty string. A name that climbs is refused and not cleaned: no
 * honest tool writes one, and readers differ in what they make of it.
 */
public final class EntryPath {

  /** So that the path stays below PATH_MAX behind any reasonable root. */
  public static final int MAX_LENGTH = 3800;

  private static final int MAX_COMPONENT = 255;

  private EntryPath() {}

  /**
   * The name without what has no meaning, such as empty parts.
   *
   * @throws io.jcri.oci.OciException INVALID when it leads out of the layer, or is too long
   */
  public static String normal(String name) {
    if (name.length() > MAX_LENGTH) {
      throw invalid("name of " + name.length() + " characters: " + TarEntry.shown(name));
    }
    StringBuilder path = new StringBuilder(name.length());
    int from = 0;
    while (from < name.length()) {
      int slash = name.indexOf('/', from);
      int to = slash < 0 ? name.length() : slash;
      append(path, name, from, to);
      from = to + 1;
    }
    return path.toString();
  }

  /** The directory that a path is in; the root for one without a slash. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  public static String leaf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  public static String child(String parent, String leaf) {
    return parent.isEmpty() ? leaf : parent + "/" + leaf;
  }

  private static void append(StringBuilder path, String name, int from, int to) {
    int length = to - from;
    if (length == 0 || (length == 1 && name.charAt(from) == '.')) {
      return;
    }
    if (length == 2 && name.charAt(from) == '.' && name.charAt(from + 1) == '.') {
      throw invalid("tar entry \"" + TarEntry.shown(name) + "\" climbs out of its directory by ..");
    }
    if (length > MAX_COMPONENT) {
      throw invalid("name with a component of " + length + " characters: " + TarEntry.shown(name));
    }
    if (!path.isEmpty()) {
      path.append('/');
    }
    path.append(name, from, to);
  }
}
