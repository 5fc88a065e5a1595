package io.jcri.daemon.cli.kit;

import io.jcri.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Trees as YAML that every reader understands alike: a text that could be taken for something else
 * is quoted as in JSON, of which YAML is more.
 */
final class Yaml {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./@-]*");

  /** What one reader or another takes for no text. */
  private static final Set<String> WORDS =
      Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

  private record Document(Object document) {}

  private final StringBuilder text = new StringBuilder();

  private Yaml() {}

  /** A record or a list of them. */
  static String of(Object found) {
    Map<String, @Nullable Object> tree = Json.parseTree(Json.toBytes(new Document(found)));
    Yaml yaml = new Yaml();
    yaml.value(tree.get("document"), 0, true);
    return yaml.text.toString();
  }

  /**
   * Writes what comes after a key or a dash.
   *
   * @param inline whether the line can go on with a collection's first part
   */
  private void value(@Nullable Object value, int depth, boolean inline) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> map(map, depth, inline);
      case List<?> list when !list.isEmpty() -> list(list, depth, inline);
      case Map<?, ?> _ -> text.append("{}\n");
      case List<?> _ -> text.append("[]\n");
      case null -> text.append("null\n");
      case String string -> text.append(scalar(string)).append('\n');
      default -> text.append(value).append('\n');
    }
  }

  private void map(Map<?, ?> map, int depth, boolean inline) {
    boolean first = inline;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      indent(depth, first);
      first = false;
      text.append(scalar(String.valueOf(entry.getKey()))).append(':');
      after(entry.getValue(), depth);
    }
  }

  private void after(@Nullable Object value, int depth) {
    boolean below =
        (value instanceof Map<?, ?> map && !map.isEmpty())
            || (value instanceof List<?> list && !list.isEmpty());
    text.append(below ? "\n" : " ");
    value(value, depth + 1, false);
  }

  private void list(List<?> list, int depth, boolean inline) {
    boolean first = inline;
    for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
      indent(depth, first);
      first = false;
      text.append("- ");
      value(each.next(), depth + 1, true);
    }
  }

  private void indent(int depth, boolean first) {
    if (!first) {
      text.repeat("  ", depth);
    }
  }

  private static String scalar(String string) {
    return PLAIN.matcher(string).matches()
            && !WORDS.contains(string.toLowerCase(java.util.Locale.ROOT))
        ? string
        : new String(Json.toBytes(string), StandardCharsets.UTF_8);
  }
}
