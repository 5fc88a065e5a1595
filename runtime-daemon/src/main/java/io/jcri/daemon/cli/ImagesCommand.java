package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.OutputFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri images}. */
@Command(
    name = "images",
    description =
        "List the node's images: the bytes that only an image has and those it shares, whether it is"
            + " pinned, and how many containers use it.")
final class ImagesCommand extends AdminCommand {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.table;

  @Option(names = "--no-trunc", description = "Print whole IDs.")
  private boolean wholeIds;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    List<ImageMessages.Row> images = new ArrayList<>();
    daemon.ask("images", new ImageMessages.All(), ImageMessages.Row.class, images::add);
    format.print(images, () -> ImageTable.lines(images, wholeIds));
    return CommandLine.ExitCode.OK;
  }

  @Override
  protected String failure() {
    return "cannot list images";
  }
}
