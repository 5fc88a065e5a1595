package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.oci.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri image inspect}. */
@Command(name = "image", description = "Look at images.", subcommands = ImageCommand.Inspect.class)
final class ImageCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }

  /** Prints a list, as others do, though one image is what people mostly ask for. */
  @Command(
      name = "inspect",
      description = "Print all about images as JSON: configuration, labels, layers.")
  static final class Inspect extends AdminCommand {
    @Parameters(
        arity = "1..*",
        paramLabel = "<image>",
        description = "ID, a prefix of it, or name.")
    private List<String> images = List.of();

    @Override
    protected int run(AdminClient daemon) throws IOException {
      List<ImageMessages.Details> found = new ArrayList<>();
      int status =
          each(
              images,
              failure(),
              name ->
                  daemon.ask(
                      "inspect",
                      new ImageMessages.Named(List.of(name)),
                      ImageMessages.Details.class,
                      found::add));
      System.out.writeBytes(Json.toPrettyBytes(found));
      return status;
    }

    @Override
    protected String failure() {
      return "cannot inspect";
    }
  }
}
