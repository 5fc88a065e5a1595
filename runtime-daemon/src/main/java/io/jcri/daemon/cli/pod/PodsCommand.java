package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages.Pod;
import io.jcri.daemon.cli.kit.Ages;
import io.jcri.daemon.cli.kit.ListCommand;
import io.jcri.daemon.cli.kit.TextTable;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri pods}. */
@Command(name = "pods", description = "List pods, the newest first.")
public final class PodsCommand extends ListCommand {
  /** For completions. */
  static final class States implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("ready", "not-ready").iterator();
    }
  }

  @Option(names = "--namespace", paramLabel = "<name>", description = "Only this namespace's.")
  private @Nullable String namespace;

  @Option(
      names = "--state",
      paramLabel = "<state>",
      completionCandidates = States.class,
      description = "Only those that are ready, or not-ready.")
  private @Nullable String state;

  @Option(
      names = "--label",
      paramLabel = "<key[=value]>",
      description = "Only those that have this label; may be repeated.")
  private List<String> labels = List.of();

  @Override
  protected int run(AdminClient daemon) throws IOException {
    List<Pod> pods =
        Node.pods(daemon).stream()
            .filter(pod -> namespace == null || namespace.equals(pod.namespace()))
            .filter(pod -> state == null || state.equalsIgnoreCase(pod.state()))
            .filter(pod -> LabelFilter.fits(labels, pod.labels()))
            .toList();
    print(pods, Pod::id, () -> lines(pods, Instant.now()));
    return CommandLine.ExitCode.OK;
  }

  List<String> lines(List<Pod> pods, Instant now) {
    TextTable table =
        new TextTable("NAME", "ID", "STATE", "AGE", "ADDRESS", "CONTAINERS", "RESTARTS", "HANDLER");
    for (Pod pod : pods) {
      table.add(
          text(Names.name(pod), 60),
          id(pod.id()),
          pod.state(),
          Ages.of(pod.created(), now),
          pod.ips().isEmpty() ? "-" : String.join(",", pod.ips()),
          Integer.toString(pod.containers()),
          Integer.toString(pod.attempt()),
          pod.handler());
    }
    return table.lines();
  }

  @Override
  protected String failure() {
    return "cannot list pods";
  }
}
