package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.ShortId;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri gc}. */
@Command(
    name = "gc",
    description =
        "Collect what nobody needs: images as jcri prune does, what runs or lies there though no record"
            + " tells of it, and the network of pods that are gone.")
final class GcCommand extends AdminCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also images that have tags.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only tell what would go.")
  private boolean dry;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    PruneCommand.prune(daemon, all, dry);
    daemon.ask(
        "leftovers",
        new NodeMessages.Leftovers(dry),
        NodeMessages.Removed.class,
        gone ->
            System.out.println(
                "%s %s %s, which no record tells of"
                    .formatted(dry ? "would end" : "ended", gone.kind(), ShortId.of(gone.id()))));
    if (!dry) {
      System.out.println("collected networks");
    }
    return CommandLine.ExitCode.OK;
  }

  @Override
  protected String failure() {
    return "cannot collect";
  }
}
