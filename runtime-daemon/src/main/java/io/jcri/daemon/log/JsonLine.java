package io.jcri.daemon.log;

import org.jspecify.annotations.Nullable;

/**
 * One JSON object of texts. Written by hand: the log is there before anything else, and must not
 * load a library at each start.
 *
 * <p>Used by one thread.
 */
final class JsonLine {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder line = new StringBuilder(256).append('{');

  /** Adds a text, if there is one. */
  JsonLine add(String key, @Nullable String value) {
    if (value != null) {
      line.append(line.length() > 1 ? ",\"" : "\"").append(key).append("\":\"");
      escape(value);
      line.append('"');
    }
    return this;
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\t' -> line.append("\\t");
        default -> {
          // A half of a pair would not be UTF-8; some readers end a line at U+2028 and U+2029.
          if (c < ' ' || c == 0x7f || c == 0x2028 || c == 0x2029 || unpaired(value, i)) {
            line.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              line.append(HEX.charAt(c >> shift & 0xf));
            }
          } else {
            line.append(c);
          }
        }
      }
    }
  }

  private static boolean unpaired(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  @Override
  public String toString() {
    return line + "}";
  }
}
