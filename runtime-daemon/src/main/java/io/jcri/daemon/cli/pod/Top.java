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
  private record Row(Container container, @Nullable Double cpu, @Nullable Usage usage) {}

  private Top() {}

  /**
   * The table, who uses most CPU first.
   *
   * @param before empty when there was no look before
   */
  static List<String> lines(List<Container> containers, List<Usage> before, List<Usage> now) {
    Map<String, Usage> earlier = byId(before);
    Map<String, Usage> later = byId(now);
    List<Row> rows = new ArrayList<>();
    for (Container container : containers) {
      if (container.state().equals("running")) {
        @Nullable Usage usage = later.get(container.id());
        rows.add(new Row(container, cpu(earlier.get(container.id()), usage), usage));
      }
    }
    rows.sort(
        Comparator.comparingDouble((Row row) -> row.cpu() == null ? -1 : row.cpu())
            .reversed()
            .thenComparing(row -> Names.name(row.container())));
    TextTable table =
        new TextTable("POD", "CONTAINER", "ID", "CPU %", "MEMORY", "LIMIT", "PIDS", "RESTARTS");
    rows.forEach(row -> table.add(cells(row)));
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

  private static String[] cells(Row row) {
    Container container = row.container();
    @Nullable Usage usage = row.usage();
    return new String[] {
      container.namespace() + "/" + container.pod(),
      container.name(),
      ShortId.of(container.id()),
      row.cpu() == null ? "-" : String.format(Locale.ROOT, "%.1f", row.cpu()),
      usage == null ? "-" : Sizes.of(usage.memory()),
      usage == null ? "-" : usage.limit().map(Sizes::of).orElse("-"),
      usage == null ? "-" : Long.toString(usage.processes()),
      Integer.toString(container.attempt())
    };
  }
}
