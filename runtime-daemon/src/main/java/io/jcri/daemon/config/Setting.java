package io.jcri.daemon.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What counts for a key.
 *
 * @param value a text, a number, a truth value, or a list of texts
 */
public record Setting(Object value, Origin origin) {

  /** The value as a configuration file has it. */
  public String toml() {
    return toml(value);
  }

  /** Such a value as a configuration file has it. */
  public static String toml(Object value) {
    return switch (value) {
      case String text -> quoted(text);
      case List<?> list ->
          list.stream().map(Setting::toml).collect(Collectors.joining(", ", "[", "]"));
      default -> value.toString();
    };
  }

  /** A basic string of TOML. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
