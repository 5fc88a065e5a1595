package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.StatusMessages.Ask;
import io.jcri.daemon.admin.StatusMessages.Counts;
import io.jcri.daemon.admin.StatusMessages.Handler;
import io.jcri.daemon.admin.StatusMessages.Status;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.Ages;
import io.jcri.daemon.cli.kit.OutputFormat;
import io.jcri.daemon.system.Sizes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri status}. */
@Command(
    name = "status",
    description = "Tell what the daemon is and has, and whether it can run pods: if not, status 1.")
public final class StatusCommand extends AdminCommand {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.table;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    Status status = Node.one(daemon, "status", new Ask(), Status.class);
    format.print(status, () -> lines(status, Instant.now()));
    return status.ready() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  static List<String> lines(Status status, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add("ready:       " + (status.ready() ? "yes" : "no"));
    status.problems().forEach(why -> lines.add("problem:     " + why));
    status.warnings().forEach(why -> lines.add("warning:     " + why));
    lines.add("version:     " + status.version());
    lines.add(
        "daemon:      process %d, up for %s".formatted(status.pid(), Ages.of(status.since(), now)));
    lines.add("socket:      " + status.socket());
    lines.add("folders:     " + status.root() + ", " + status.state());
    lines.add("cgroups by:  " + status.driver());
    for (Handler handler : status.handlers()) {
      lines.add("handler:     " + line(handler, status.defaultHandler()));
    }
    Counts counts = status.counts();
    lines.add("pods:        %d, %d ready".formatted(counts.pods(), counts.ready()));
    lines.add("containers:  %d, %d running".formatted(counts.containers(), counts.running()));
    lines.add(
        "images:      %d, %s with writable layers"
            .formatted(counts.images(), Sizes.of(status.disk().images())));
    lines.add("pulls:       " + counts.pulls());
    lines.add(
        "disk:        %s of %s free"
            .formatted(Sizes.of(status.disk().free()), Sizes.of(status.disk().total())));
    return lines;
  }

  private static String line(Handler handler, String byDefault) {
    return "%s%s: %s, version %s%s"
        .formatted(
            handler.name(),
            handler.name().equals(byDefault) ? " (default)" : "",
            handler.program(),
            handler.version(),
            handler.problem().map(why -> "; not usable: " + why).orElse(""));
  }

  @Override
  protected String failure() {
    return "cannot tell the status";
  }
}
