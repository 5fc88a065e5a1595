package io.jcri.daemon.migrate;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values, keys and names as TOML has them, on one line whatever is in them. */
final class TomlText {
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

  /** A name and password in a URL. */
  private static final Pattern USER = Pattern.compile("://[^/@\\s]*@");

  private static final int BRIEF = 160;

  private TomlText() {}

  static String key(List<String> path) {
    return path.stream().map(TomlText::key).collect(Collectors.joining("."));
  }

  static String key(String name) {
    return BARE.matcher(name).matches() ? name : text(name);
  }

  static String value(Object value) {
    return switch (value) {
      case String text -> text(text);
      case List<?> list ->
          list.stream().map(TomlText::value).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> table ->
          table.entrySet().stream()
              .map(entry -> key(String.valueOf(entry.getKey())) + " = " + value(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      default -> String.valueOf(value);
    };
  }

  /** The same for people: not too long, and without the passwords of URLs. */
  static String brief(Object value) {
    String whole = USER.matcher(value(value)).replaceAll("://…@");
    if (whole.length() <= BRIEF) {
      return whole;
    }
    int end = Character.isHighSurrogate(whole.charAt(BRIEF - 1)) ? BRIEF - 1 : BRIEF;
    return whole.substring(0, end) + "…";
  }

  static String text(String text) {
    return '"' + escaped(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
  }

  /** A file's name or a message, which must not break the line that it is told on. */
  static String visible(String text) {
    return escaped(text);
  }

  private static String escaped(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> line.append("\\n");
            case '\t' -> line.append("\\t");
            case '\r' -> line.append("\\r");
            default -> {
              if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                line.append("\\u%04x".formatted(c));
              } else {
                line.appendCodePoint(c);
              }
            }
          }
        });
    return line.toString();
  }
}
