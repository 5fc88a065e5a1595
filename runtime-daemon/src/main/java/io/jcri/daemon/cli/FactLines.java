package io.jcri.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A tree of facts as lines {@code cgroups.layout: v2}. */
final class FactLines {
  private FactLines() {}

  static List<String> of(Map<String, Object> tree) {
    List<String> lines = new ArrayList<>();
    add("", tree, lines);
    return lines;
  }

  private static void add(String path, Object value, List<String> lines) {
    switch (value) {
      case Map<?, ?> tree ->
          tree.forEach(
              (name, below) -> add(path.isEmpty() ? "" + name : path + "." + name, below, lines));
      case List<?> list ->
          lines.add(
              path
                  + ": "
                  + (list.isEmpty()
                      ? "none"
                      : list.stream().map(String::valueOf).collect(Collectors.joining(" "))));
      case Boolean yes -> lines.add(path + ": " + (yes ? "yes" : "no"));
      default -> lines.add(path + ": " + value);
    }
  }
}
