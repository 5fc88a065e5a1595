package io.jcri.daemon.cli.kit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns for people: as wide as their widest cell, two spaces apart. Not thread-safe. */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** With these heads. */
  public TextTable(String... heads) {
    rows.add(Arrays.asList(heads));
  }

  /** Adds a row, with a cell for each head. */
  public void add(String... cells) {
    rows.add(Arrays.asList(cells));
  }

  /** A line for each row, without a space at its end. */
  public List<String> lines() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? "" : GAP).append(row.get(i));
      line.append(" ".repeat(widths[i] - row.get(i).length()));
    }
    return line.toString().stripTrailing();
  }
}
