package io.jcri.oci;

/** Text from outside, fit for one line of a log or of an error. */
public final class OneLine {
  private static final int MAX_TEXT = 300;

  private OneLine() {}

  /** Cut when it is long, without control characters. */
  public static String of(String text) {
    String brief = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
    return brief.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
