package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.invalid;

/**
 * A point in time as PAX writes it: decimal seconds since 1970, with a fraction of any length and
 * an optional minus.
 */
record PaxTime(long seconds, int nanos) {

  /** Digits after the ninth are cut off. */
  static PaxTime parse(String text) {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    long seconds = whole.equals("-") ? 0 : PaxRecords.parseDecimal("mtime", whole);
    int nanos = 0;
    int scale = 100_000_000;
    for (int i = dot + 1; dot >= 0 && i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw invalid("bad PAX record mtime");
      }
      nanos += digit * scale;
      scale /= 10;
    }
    if (text.startsWith("-") && nanos > 0) {
      return new PaxTime(seconds - 1, 1_000_000_000 - nanos);
    }
    return new PaxTime(seconds, nanos);
  }
}
