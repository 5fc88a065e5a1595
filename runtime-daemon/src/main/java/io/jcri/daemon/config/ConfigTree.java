package io.jcri.daemon.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * What several files say together, each value with the place it comes from. A later file's value
 * beats an earlier one's; tables are put together, lists replace each other.
 */
final class ConfigTree {
  sealed interface Node {
    Origin origin();
  }

  /** A text, a number, a truth value, a list, or whatever else TOML has. */
  record Value(Object value, Origin origin) implements Node {}

  record Table(Map<String, Node> children, Origin origin) implements Node {
    Table(Origin origin) {
      this(new LinkedHashMap<>(), origin);
    }
  }

  private final Table root = new Table(Origin.DEFAULT);
  private final List<String> problems;

  /**
   * An empty one.
   *
   * @param problems gets what is a table in one file and a value in another
   */
  ConfigTree(List<String> problems) {
    this.problems = problems;
  }

  Table root() {
    return root;
  }

  /** Adds what a file says. */
  void add(TomlTable from, String file) {
    add(root, from, file, "");
  }

  private void add(Table into, TomlTable from, String file, String prefix) {
    for (String key : from.keySet()) {
      Object value = Objects.requireNonNull(from.get(List.of(key)));
      Origin origin = new Origin(file, line(from, key));
      @Nullable Node before = into.children.get(key);
      if (before != null && before instanceof Table != value instanceof TomlTable) {
        problems.add(
            "%s: %s%s is %s and in %s %s"
                .formatted(
                    origin,
                    prefix,
                    Keys.bare(key),
                    form(value instanceof TomlTable),
                    before.origin(),
                    form(before instanceof Table)));
      }
      if (value instanceof TomlTable table) {
        Table child = before instanceof Table there ? there : new Table(origin);
        into.children.put(key, child);
        add(child, table, file, prefix + Keys.bare(key) + ".");
      } else {
        into.children.put(
            key, new Value(value instanceof TomlArray list ? list.toList() : value, origin));
      }
    }
  }

  private static String form(boolean table) {
    return table ? "a table" : "a value";
  }

  private static int line(TomlTable table, String key) {
    @Nullable TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? 0 : position.line();
  }

  /**
   * Sets one key, whatever files say of it.
   *
   * @param key with the names of its tables, which have no dots
   */
  void set(String key, Setting setting) {
    Table table = root;
    String[] path = key.split("\\.", -1);
    for (int i = 0; i < path.length - 1; i++) {
      if (!(table.children.get(path[i]) instanceof Table)) {
        table.children.put(path[i], new Table(setting.origin()));
      }
      if (table.children.get(path[i]) instanceof Table child) {
        table = child;
      }
    }
    table.children.put(path[path.length - 1], new Value(setting.value(), setting.origin()));
  }
}
