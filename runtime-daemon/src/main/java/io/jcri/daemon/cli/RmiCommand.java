package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.system.Sizes;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri rmi}. */
@Command(
    name = "rmi",
    description =
        "Remove images. A tag of an image that has others is only taken away; an ID, a digest or the"
            + " last tag removes the image with all its names.")
final class RmiCommand extends AdminCommand {
  @Parameters(arity = "1..*", paramLabel = "<image>", description = "ID, a prefix of it, or name.")
  private List<String> images = List.of();

  @Override
  protected int run(AdminClient daemon) {
    return each(
        images,
        failure(),
        name ->
            daemon.ask(
                "remove",
                new ImageMessages.Named(List.of(name)),
                ImageMessages.Removed.class,
                removed -> System.out.println(line(removed))));
  }

  /** What happened, for people. */
  static String line(ImageMessages.Removed removed) {
    String names = String.join(" ", removed.names());
    return removed
        .id()
        .map(id ->
            "removed %s, freed %s".formatted((id + " " + names).strip(), Sizes.of(removed.freed())))
        .orElse("untagged " + names);
  }

  @Override
  protected String failure() {
    return "cannot remove";
  }
}
