package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages.Container;
import io.jcri.daemon.admin.NodeMessages.Usage;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.Terminal;
import io.jcri.sandbox.linux.TerminalMode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri top}. */
@Command(
    name = "top",
    description =
        "Show what running containers use, again and again until q is pressed, sorted by CPU, memory"
            + " or name with the keys c, m and n; once where output is no terminal.")
public final class TopCommand extends AdminCommand {
  private static final long FIRST_MILLIS = 500;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "<number>",
      description = "Show so many tables and end.")
  private @Nullable Integer count;

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "<seconds>",
      defaultValue = "2",
      description = "Time between two tables; ${DEFAULT-VALUE} by default.")
  private double delay = 2;

  @Option(
      names = "--sort",
      paramLabel = "<what>",
      defaultValue = "cpu",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private TopOrder order = TopOrder.cpu;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    try {
      if (!Terminal.isThere() || count != null) {
        print(daemon, count == null ? 1 : count);
      } else {
        live(daemon);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CommandLine.ExitCode.OK;
  }

  /** The first look is for the CPU's rate alone, and the time to the second one short. */
  private void print(AdminClient daemon, int tables) throws IOException, InterruptedException {
    List<Usage> before = usage(daemon);
    long pause = Math.min(FIRST_MILLIS, millis());
    for (int i = 0; i < tables; i++) {
      Thread.sleep(pause);
      List<Container> containers = Node.containers(daemon);
      List<Usage> now = usage(daemon);
      Top.lines(containers, before, now, order, Top.ANY_WIDTH).forEach(System.out::println);
      System.out.flush();
      before = now;
      pause = millis();
    }
  }

  /** A key is heeded at once, by what is known. */
  private void live(AdminClient daemon) throws IOException, InterruptedException {
    List<Usage> before = usage(daemon);
    try (LiveScreen screen = LiveScreen.open()) {
      long pause = Math.min(FIRST_MILLIS, millis());
      List<Container> containers = Node.containers(daemon);
      List<Usage> now = before;
      while (true) {
        show(screen, containers, before, now);
        int key = screen.key(pause);
        if (key == 'q' || key == 'Q') {
          return;
        }
        if (key != LiveScreen.NONE) {
          order = TopOrder.of(Character.toLowerCase(key)).orElse(order);
          pause = Math.max(1, screen.left());
          continue;
        }
        before = now;
        containers = Node.containers(daemon);
        now = usage(daemon);
        pause = millis();
      }
    }
  }

  private void show(
      LiveScreen screen, List<Container> containers, List<Usage> before, List<Usage> now) {
    TerminalMode.Size size = screen.size();
    List<String> table = Top.lines(containers, before, now, order, size.columns());
    screen.show(
        "jcri top: %d running, by %s; keys: c cpu, m memory, n name, q quit"
            .formatted(table.size() - 1, order),
        table);
  }

  private long millis() {
    return Math.max(1, (long) (delay * 1000));
  }

  private static List<Usage> usage(AdminClient daemon) throws IOException {
    return Node.all(daemon, "usage", Usage.class);
  }

  @Override
  protected String failure() {
    return "cannot tell what containers use";
  }
}
