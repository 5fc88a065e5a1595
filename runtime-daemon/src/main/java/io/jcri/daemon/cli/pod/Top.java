package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.NodeMessages.Container;
import io.jcri.daemon.admin.NodeMessages.Usage;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.cli.kit.TextTable;
import io.jcri.daemon.system.Sizes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code jcri top} shows: of two looks at all containers the difference. */
final class Top {
  /** Wide enough for anything. */
  static final int ANY_WIDTH = Integer.MAX_VALUE;

  /** A name is not cut below that. */
  private static final int LEAST_NAME = 10;

  /** A column; the larger its place, the sooner it is left out where there is no room. */
  private enum Column {
    POD(0),
    CONTAINER(0),
    ID(4),
    CPU(0),
    MEMORY(0),
    LIMIT(2),
    PIDS(1),
    RESTARTS(3);

    private final int place;

    Column(int place) {
      this.place = place;
    }

    String head() {
      return this == CPU ? "CPU %" : name();
    }
  }

  private record Row(Container container, @Nullable Double cpu, @Nullable Usage usage) {
    String name() {
      return Names.name(container);
    }

    String cell(Column column) {
      return switch (column) {
        case POD -> container.namespace() + "/" + container.pod();
        case CONTAINER -> container.name();
        case ID -> ShortId.of(container.id());
        case CPU -> cpu == null ? "-" : String.format(Locale.ROOT, "%.1f", cpu);
        case MEMORY -> usage == null ? "-" : Sizes.of(usage.memory());
        case LIMIT -> usage == null ? "-" : usage.limit().map(Sizes::of).orElse("-");
        case PIDS -> usage == null ? "-" : Long.toString(usage.processes());
        case RESTARTS -> Integer.toString(container.attempt());
      };
    }
  }

  private Top() {}

  /**
   * The table.
   *
   * @param before empty when there was no look before
   * @param width of a line; names are cut and columns left out for it
   */
  static List<String> lines(
      List<Container> containers, List<Usage> before, List<Usage> now, TopOrder order, int width) {
    Map<String, Usage> earlier = byId(before);
    Map<String, Usage> later = byId(now);
    List<Row> rows = new ArrayList<>();
    for (Container container : containers) {
      if (container.state().equals("running")) {
        @Nullable Usage usage = later.get(container.id());
        rows.add(new Row(container, cpu(earlier.get(container.id()), usage), usage));
      }
    }
    rows.sort(by(order));
    return fitting(rows, width);
  }

  private static Comparator<Row> by(TopOrder order) {
    Comparator<Row> names = Comparator.comparing(Row::name);
    return switch (order) {
      case cpu ->
          Comparator.comparingDouble((Row row) -> row.cpu() == null ? -1 : row.cpu())
              .reversed()
              .thenComparing(names);
      case memory ->
          Comparator.comparingLong((Row row) -> row.usage() == null ? -1 : row.usage().memory())
              .reversed()
              .thenComparing(names);
      case name -> names;
    };
  }

  /** First columns go, then the ends of pods' names, then whatever is still too much. */
  private static List<String> fitting(List<Row> rows, int width) {
    List<Column> columns = new ArrayList<>(List.of(Column.values()));
    List<String> lines = table(rows, columns, ANY_WIDTH);
    for (int place = Column.values().length; place > 0 && longest(lines) > width; place--) {
      int leaving = place;
      if (columns.removeIf(column -> column.place == leaving)) {
        lines = table(rows, columns, ANY_WIDTH);
      }
    }
    int excess = longest(lines) - width;
    if (excess > 0) {
      int pods = rows.stream().mapToInt(row -> row.cell(Column.POD).length()).max().orElse(0);
      lines = table(rows, columns, Math.max(LEAST_NAME, pods - excess));
    }
    return lines.stream()
        .map(line -> line.length() > width ? line.substring(0, width) : line)
        .toList();
  }

  private static int longest(List<String> lines) {
    return lines.stream().mapToInt(String::length).max().orElse(0);
  }

  private static List<String> table(List<Row> rows, List<Column> columns, int podWidth) {
    TextTable table = new TextTable(columns.stream().map(Column::head).toArray(String[]::new));
    for (Row row : rows) {
      table.add(
          columns.stream()
              .map(column -> {
                String cell = row.cell(column);
                return column == Column.POD && cell.length() > podWidth
                    ? cell.substring(0, podWidth - 1) + "…"
                    : cell;
              })
              .toArray(String[]::new));
    }
    return table.lines();
  }

  private static Map<String, Usage> byId(List<Usage> rows) {
    Map<String, Usage> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.id(), row));
    return byId;
  }

  /** Of one core; null when it can't be told yet. */
  private static @Nullable Double cpu(@Nullable Usage before, @Nullable Usage now) {
    if (before == null || now == null || now.at() <= before.at()) {
      return null;
    }
    return Math.max(0, now.cpu() - before.cpu()) * 100.0 / (now.at() - before.at());
  }
}
