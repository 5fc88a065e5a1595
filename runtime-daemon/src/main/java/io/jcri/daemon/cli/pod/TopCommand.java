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
        "Show what running containers use, again and again until q is pressed; once where output is"
            + " no terminal.")
public final class TopCommand extends AdminCommand {
  private static final String HOME_AND_CLEAR = "\033[H\033[J";
  private static final long KEY_MILLIS = 50;
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

  @Override
  protected int run(AdminClient daemon) throws IOException {
    try {
      if (!Terminal.isThere() || count != null) {
        show(daemon, count == null ? 1 : count, false);
      } else {
        TerminalMode mode = TerminalMode.keys(0);
        Thread restoring = new Thread(() -> restore(mode));
        Runtime.getRuntime().addShutdownHook(restoring);
        show(daemon, Integer.MAX_VALUE, true);
        mode.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CommandLine.ExitCode.OK;
  }

  private static void restore(TerminalMode mode) {
    try {
      mode.close();
    } catch (IOException e) {
      // the terminal has gone
    }
  }

  /** The first look is for the CPU's rate alone, and the time to the second one short. */
  private void show(AdminClient daemon, int tables, boolean live)
      throws IOException, InterruptedException {
    List<Usage> before = usage(daemon);
    long pause = Math.min(FIRST_MILLIS, (long) (delay * 1000));
    for (int i = 0; i < tables; i++) {
      if (waitOrQuit(pause, live)) {
        return;
      }
      List<Container> containers = Node.containers(daemon);
      List<Usage> now = usage(daemon);
      List<String> lines = Top.lines(containers, before, now);
      if (live) {
        int rows = TerminalMode.size(1).map(TerminalMode.Size::rows).orElse(24);
        lines = lines.subList(0, Math.min(lines.size(), Math.max(1, rows - 1)));
        System.out.print(HOME_AND_CLEAR);
      }
      lines.forEach(System.out::println);
      System.out.flush();
      before = now;
      pause = (long) (delay * 1000);
    }
  }

  private static List<Usage> usage(AdminClient daemon) throws IOException {
    return Node.all(daemon, "usage", Usage.class);
  }

  private static boolean waitOrQuit(long millis, boolean keys)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < end) {
      while (keys && System.in.available() > 0) {
        int key = System.in.read();
        if (key == 'q' || key == 'Q') {
          return true;
        }
      }
      Thread.sleep(Math.min(KEY_MILLIS, millis));
    }
    return false;
  }

  @Override
  protected String failure() {
    return "cannot tell what containers use";
  }
}
