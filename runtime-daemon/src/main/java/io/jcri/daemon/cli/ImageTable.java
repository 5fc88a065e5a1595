package io.jcri.daemon.cli;

import io.jcri.daemon.admin.ImageMessages.Row;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.cli.kit.TextTable;
import io.jcri.daemon.system.Sizes;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code jcri images} for people: a line for each tag, sorted; an image without one has one too.
 */
final class ImageTable {
  private record Line(String name, Row image) {}

  private ImageTable() {}

  static List<String> lines(List<Row> images, boolean wholeIds) {
    List<Line> named = new ArrayList<>();
    for (Row image : images) {
      if (image.tags().isEmpty()) {
        named.add(new Line(untagged(image), image));
      }
      image.tags().forEach(tag -> named.add(new Line(tag, image)));
    }
    named.sort(Comparator.comparing(Line::name).thenComparing(line -> line.image().id()));
    TextTable table =
        new TextTable("NAME", "ID", "SIZE", "UNIQUE", "SHARED", "PINNED", "IN USE", "CREATED");
    for (Line line : named) {
      Row image = line.image();
      table.add(
          line.name(),
          wholeIds ? image.id() : ShortId.of(image.id()),
          Sizes.of(image.size()),
          Sizes.of(image.unique()),
          Sizes.of(image.shared()),
          image.pinned() ? "yes" : "no",
          Integer.toString(image.containers()),
          image.created().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    return table.lines();
  }

  /** The repository of its first digest, if there is one. */
  private static String untagged(Row image) {
    return image.digests().isEmpty()
        ? "<none>"
        : image.digests().getFirst().replaceFirst("@.*", "") + ":<none>";
  }
}
