package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri tag}. */
@Command(
    name = "tag",
    description = "Give an image one more name; another image that has it loses it.")
final class TagCommand extends AdminCommand {
  @Parameters(index = "0", paramLabel = "<image>", description = "ID, a prefix of it, or name.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "<name>", description = "The new name.")
  private String name = "";

  @Override
  protected int run(AdminClient daemon) throws IOException {
    daemon.ask(
        "tag", new ImageMessages.Tag(source, name), ImageMessages.Changed.class, image -> {});
    return CommandLine.ExitCode.OK;
  }

  @Override
  protected String failure() {
    return "cannot tag " + source + " as " + name;
  }
}
