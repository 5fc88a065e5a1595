package io.jcri.daemon.cli.kit;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** A command that lists what has IDs. */
public abstract class ListCommand extends AdminCommand {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.table;

  @Option(names = "--no-trunc", description = "Print whole IDs and names.")
  private boolean whole;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print IDs only, whole ones.")
  private boolean quiet;

  /**
   * Prints what was found.
   *
   * @param idOf what {@code -q} prints of each
   * @param lines a table of them
   */
  protected final <T> void print(
      List<T> found, Function<T, String> idOf, Supplier<List<String>> lines) {
    if (quiet && format == OutputFormat.table) {
      found.stream().map(idOf).forEach(System.out::println);
    } else {
      format.print(found, lines);
    }
  }

  /** An ID as a table has it. */
  protected final String id(String id) {
    return whole ? id : ShortId.of(id);
  }

  /** A text that may be long, as a table has it. */
  protected final String text(String text, int most) {
    return whole || text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
