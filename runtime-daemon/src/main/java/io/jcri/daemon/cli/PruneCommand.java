package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.system.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri prune}. */
@Command(
    name = "prune",
    description =
        "Remove the images without a tag that no container uses and that are not pinned. Digests are"
            + " no tags.")
final class PruneCommand extends AdminCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also those that have tags.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only tell what would go.")
  private boolean dry;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    prune(daemon, all, dry);
    return CommandLine.ExitCode.OK;
  }

  /** Has the daemon remove images, and prints what it says of each. */
  static void prune(AdminClient daemon, boolean all, boolean dry) throws IOException {
    List<ImageMessages.Removed> removed = new ArrayList<>();
    daemon.ask(
        "prune",
        new ImageMessages.Prune(all, dry),
        ImageMessages.Removed.class,
        image -> {
          removed.add(image);
          System.out.println(line(image, dry));
        });
    System.out.println(summary(removed, dry));
  }

  static String line(ImageMessages.Removed image, boolean dry) {
    String line = RmiCommand.line(image);
    return dry ? line.replaceFirst("^removed ", "would remove ").replace(", freed ", ", ") : line;
  }

  static String summary(List<ImageMessages.Removed> images, boolean dry) {
    return "%s %d image%s, %s %s"
        .formatted(
            dry ? "would remove" : "removed",
            images.size(),
            images.size() == 1 ? "" : "s",
            dry ? "freeing at least" : "freed",
            Sizes.of(images.stream().mapToLong(ImageMessages.Removed::freed).sum()));
  }

  @Override
  protected String failure() {
    return "cannot prune images";
  }
}
