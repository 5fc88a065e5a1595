package io.jcri.daemon.runtime;

/**
 * The version of a package (deb-version(7)), without an epoch.
 *
 * @param upstream what was packaged: {@code 1.1.5+ds1}
 * @param revision which packaging of it: {@code 1+deb12u1}
 */
record DebianVersion(String upstream, String revision) {
  static DebianVersion parse(String text) {
    String version = text.substring(text.indexOf(':') + 1);
    int dash = version.lastIndexOf('-');
    return dash < 0
        ? new DebianVersion(version, "")
        : new DebianVersion(version.substring(0, dash), version.substring(dash + 1));
  }

  /** The order of two parts: by turns a run of other characters and a number. */
  static int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() || j < other.length()) {
      while (notDigit(one, i) || notDigit(other, j)) {
        int difference = weight(one, i) - weight(other, j);
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
      int endOne = digitsEnd(one, i);
      int endOther = digitsEnd(other, j);
      int difference = compareNumbers(one.substring(i, endOne), other.substring(j, endOther));
      if (difference != 0) {
        return difference;
      }
      i = endOne;
      j = endOther;
    }
    return 0;
  }

  private static boolean notDigit(String text, int at) {
    return at < text.length() && !digit(text.charAt(at));
  }

  /** A tilde sorts before the end, letters before all else. */
  private static int weight(String text, int at) {
    if (at >= text.length() || digit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter ? c : c + 256;
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && digit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int compareNumbers(String one, String other) {
    String a = one.replaceFirst("^0+", "");
    String b = other.replaceFirst("^0+", "");
    return a.length() != b.length() ? a.length() - b.length() : a.compareTo(b);
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}
