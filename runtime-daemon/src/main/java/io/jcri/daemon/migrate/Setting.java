package io.jcri.daemon.migrate;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A key with its value.
 *
 * @param path where it belongs, the same for all versions of the source's format
 * @param written as the file has it
 * @param value a text, number, truth or list; a map without entries for a table without keys
 */
record Setting(List<String> path, List<String> written, Object value, Origin origin) {
  private static final Set<Object> IDLE =
      Set.of("", "0s", "0", 0L, 0.0, false, List.of(), Map.of());

  /** Whose values are nobody's business. */
  private static final Set<String> SECRET =
      Set.of("password", "auth", "identitytoken", "header", "headers");

  Setting {
    path = List.copyOf(path);
    written = List.copyOf(written);
  }

  String name() {
    return path.getLast();
  }

  /** As the file has it, in one line. */
  String key() {
    return TomlText.key(written);
  }

  /** Whether this is what most programs take for "not set". */
  boolean idle() {
    return IDLE.contains(value);
  }

  boolean isTrue() {
    return value.equals(true);
  }

  /** Empty when it is no text. */
  String text() {
    return value instanceof String text ? text : "";
  }

  /** The texts of a list; a single text is a list of one. */
  List<String> texts() {
    return switch (value) {
      case String text -> List.of(text);
      case List<?> list ->
          list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      default -> List.of();
    };
  }

  /** For people, without secrets; empty for a table. */
  String shown() {
    if (value.equals(Map.of())) {
      return "";
    }
    boolean secret = path.stream().anyMatch(SECRET::contains);
    return secret && !name().equals("username") ? "…" : TomlText.brief(value);
  }
}
