package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a {@link Draft} as a file, each piece below a comment that says where it came from. */
final class Document {
  private static final int MOST_SOURCES = 4;

  /** The tables in the order of the file that every installation has. */
  private static final List<String> ORDER =
      List.of(
          "",
          "handlers",
          "containers",
          "images",
          "network",
          "cdi",
          "streaming",
          "nri",
          "metrics",
          "tracing");

  private Document() {}

  static String of(String source, List<Draft.Piece> pieces) {
    StringBuilder text = new StringBuilder();
    text.append("# Made by `jcri config migrate` of ").append(source).append(".\n");
    if (pieces.isEmpty()) {
      return text.append("# Nothing in it differs from jcri's defaults.\n").toString();
    }
    text.append("# What differs from jcri's defaults; `jcri config default` shows all keys.\n");
    Map<String, List<Draft.Piece>> tables = new LinkedHashMap<>();
    List<Draft.Piece> ordered = new ArrayList<>(pieces);
    ordered.sort(Comparator.comparingInt(piece -> place(piece.table())));
    ordered.forEach(
        piece -> tables.computeIfAbsent(piece.table(), _ -> new ArrayList<>()).add(piece));
    tables.forEach((table, parts) -> table(text, table, parts));
    return text.toString();
  }

  private static void table(StringBuilder text, String table, List<Draft.Piece> pieces) {
    text.append('\n');
    if (!table.isEmpty()) {
      text.append('[').append(table).append("]\n");
    }
    for (Draft.Piece piece : pieces) {
      comment(text, piece.sources());
      piece
          .lines()
          .forEach(line -> text.append(line.key()).append(" = ").append(line.value()).append('\n'));
    }
  }

  private static void comment(StringBuilder text, List<Setting> sources) {
    for (Setting source : sources.subList(0, Math.min(MOST_SOURCES, sources.size()))) {
      String said = source.origin().line() == 0 ? "not set: " : "";
      text.append("# %s: %s%s\n".formatted(source.origin(), said, source.key()));
    }
    if (sources.size() > MOST_SOURCES) {
      text.append("# and %d more\n".formatted(sources.size() - MOST_SOURCES));
    }
  }

  private static int place(String table) {
    int dot = table.indexOf('.');
    return ORDER.indexOf(dot < 0 ? table : table.substring(0, dot));
  }
}
