package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.PullMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.OutputFormat;
import io.jcri.daemon.cli.kit.TextTable;
import io.jcri.daemon.system.Sizes;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri pulls}. */
@Command(name = "pulls", description = "List the pulls under way, and for whom.")
final class PullsCommand extends AdminCommand {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.table;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    List<PullMessages.Row> pulls = new ArrayList<>();
    daemon.ask("pulls", new PullMessages.All(), PullMessages.Row.class, pulls::add);
    format.print(pulls, () -> lines(pulls));
    return CommandLine.ExitCode.OK;
  }

  static List<String> lines(List<PullMessages.Row> pulls) {
    TextTable table = new TextTable("REFERENCE", "FOR", "LAYERS", "BYTES", "RATE", "SINCE");
    for (PullMessages.Row pull : pulls) {
      table.add(
          pull.reference(),
          pull.by(),
          pull.layersDone() + "/" + pull.layers(),
          Sizes.of(pull.received()) + " of " + Sizes.of(pull.total()),
          Sizes.of(pull.rate()) + "/s",
          pull.since().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    return table.lines();
  }

  @Override
  protected String failure() {
    return "cannot list pulls";
  }
}
