package io.jcri.daemon.system;

import java.util.Locale;

/** Numbers of bytes for people. */
public final class Sizes {
  private static final String UNITS = "kMGTPE";

  private Sizes() {}

  /** In powers of 1000 with three digits, such as {@code 1.58 GB}. */
  public static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    // What would be rounded to 1000 is one of the next unit.
    while (value >= 999.5 && unit < UNITS.length() - 1) {
      value /= 1000;
      unit++;
    }
    String digits = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, digits, value) + " " + UNITS.charAt(unit) + "B";
  }
}
