package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages.Container;
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

/** {@code jcri ps}. */
@Command(name = "ps", description = "List running containers, the newest first.")
public final class PsCommand extends ListCommand {
  /** For completions. */
  static final class States implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("created", "running", "exited", "unknown").iterator();
    }
  }

  @Option(
      names = {"-a", "--all"},
      description = "Those too that do not run.")
  private boolean all;

  @Option(
      names = "--pod",
      paramLabel = "<pod>",
      description = "Only this pod's; name, namespace/name or ID.")
  private @Nullable String pod;

  @Option(
      names = "--state",
      paramLabel = "<state>",
      completionCandidates = States.class,
      description = "Only those in this state: created, running, exited or unknown.")
  private @Nullable String state;

  @Option(
      names = "--label",
      paramLabel = "<key[=value]>",
      description = "Only those that have this label; may be repeated.")
  private List<String> labels = List.of();

  @Override
  protected int run(AdminClient daemon) throws IOException {
    @Nullable String podId = pod == null ? null : Names.pod(Node.pods(daemon), pod).id();
    List<Container> containers =
        Node.containers(daemon).stream()
            .filter(container -> podId == null || podId.equals(container.podId()))
            .filter(this::inState)
            .filter(container -> LabelFilter.fits(labels, container.labels()))
            .toList();
    print(containers, Container::id, () -> lines(containers, Instant.now()));
    return CommandLine.ExitCode.OK;
  }

  private boolean inState(Container container) {
    return state == null
        ? all || container.state().equals("running")
        : state.equalsIgnoreCase(container.state());
  }

  List<String> lines(List<Container> containers, Instant now) {
    TextTable table =
        new TextTable("NAME", "POD", "ID", "STATE", "SINCE", "RESTARTS", "PID", "IMAGE");
    for (Container container : containers) {
      table.add(
          text(container.name(), 40),
          text(container.namespace() + "/" + container.pod(), 50),
          id(container.id()),
          state(container),
          Ages.of(since(container), now),
          Integer.toString(container.attempt()),
          container.pid().map(String::valueOf).orElse("-"),
          text(container.image(), 60));
    }
    return table.lines();
  }

  private static String state(Container container) {
    return container.exitCode().isEmpty()
        ? container.state()
        : container.state()
            + " "
            + container.exitCode().get()
            + container
                .reason()
                .filter(why -> why.equals("OOMKilled"))
                .map(why -> " OOM")
                .orElse("");
  }

  private static Instant since(Container container) {
    return container.finished().or(container::started).orElse(container.created());
  }

  @Override
  protected String failure() {
    return "cannot list containers";
  }
}
