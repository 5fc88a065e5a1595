package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.admin.StatusMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.cli.kit.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri reset}. */
@Command(
    name = "reset",
    description =
        "End and remove all pods and containers. The kubelet makes its own again: drain the node and"
            + " stop the kubelet before.")
final class ResetCommand extends AdminCommand {
  @Option(names = "--images", description = "Remove all images too, pinned ones as well.")
  private boolean images;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    if (!yes && !Terminal.isThere()) {
      System.err.println(failure() + ": nobody can be asked, use --yes");
      return CommandLine.ExitCode.USAGE;
    }
    if (!yes && !agreed(counts(daemon))) {
      System.err.println(failure() + ": nobody has agreed, nothing is removed");
      return CommandLine.ExitCode.SOFTWARE;
    }
    daemon.ask(
        "reset",
        new NodeMessages.All(),
        NodeMessages.Removed.class,
        what ->
            System.out.println(
                "removed %s %s %s".formatted(what.kind(), ShortId.of(what.id()), what.name())));
    return images ? removeImages(daemon) : CommandLine.ExitCode.OK;
  }

  private static StatusMessages.Counts counts(AdminClient daemon) throws IOException {
    List<StatusMessages.Counts> counts = new ArrayList<>();
    daemon.ask(
        "status",
        new StatusMessages.Ask(),
        StatusMessages.Status.class,
        status -> counts.add(status.counts()));
    return counts.getFirst();
  }

  private boolean agreed(StatusMessages.Counts counts) throws IOException {
    System.out.print(
        "End and remove all pods (%d) and containers (%d, %d running)%s of this node? [y/N] "
            .formatted(
                counts.pods(),
                counts.containers(),
                counts.running(),
                images ? " and images (" + counts.images() + ")" : ""));
    System.out.flush();
    @Nullable String answer =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }

  private int removeImages(AdminClient daemon) throws IOException {
    List<ImageMessages.Row> rows = new ArrayList<>();
    daemon.ask("images", new ImageMessages.All(), ImageMessages.Row.class, rows::add);
    return each(
        rows.stream().map(ImageMessages.Row::id).toList(),
        "cannot remove image",
        id ->
            daemon.ask(
                "remove",
                new ImageMessages.Named(List.of(id)),
                ImageMessages.Removed.class,
                removed -> System.out.println(RmiCommand.line(removed))));
  }

  @Override
  protected String failure() {
    return "cannot reset";
  }
}
