package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri gc}. */
@Command(
    name = "gc",
    description =
        "Collect what nobody needs: images as jcri prune does, and the network of pods that are gone.")
final class GcCommand extends AdminCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also images that have tags.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only tell which images would go.")
  private boolean dry;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    PruneCommand.prune(daemon, all, dry);
    if (!dry) {
      daemon.ask("leftovers", new NodeMessages.All(), NodeMessages.Removed.class, nothing -> {});
      System.out.println("collected networks");
    }
    return CommandLine.ExitCode.OK;
  }

  @Override
  protected String failure() {
    return "cannot collect";
  }
}
