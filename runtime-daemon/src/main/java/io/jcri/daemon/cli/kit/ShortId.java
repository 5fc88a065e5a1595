package io.jcri.daemon.cli.kit;

/** IDs as tables have them: enough to name something by. */
public final class ShortId {
  private static final int DIGITS = 12;

  private ShortId() {}

  /** Its first digits, without an algorithm before them. */
  public static String of(String id) {
    String hex = id.substring(id.indexOf(':') + 1);
    return hex.length() > DIGITS ? hex.substring(0, DIGITS) : hex;
  }
}
