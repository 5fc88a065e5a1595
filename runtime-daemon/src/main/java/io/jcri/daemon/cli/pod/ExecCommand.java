package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code jcri exec}. The daemon says what the command is to run as; the container's shim is asked
 * by this command itself, so that a session goes on whatever becomes of the daemon.
 */
@Command(
    name = "exec",
    description =
        "Run a command in a container. The status is that of the command, 128 and the signal's number"
            + " for one ended by a signal, and 1 when it could not be run.")
public final class ExecCommand extends AdminCommand {
  @Option(
      names = {"-i", "--stdin"},
      description = "Give it what comes on standard input.")
  private boolean stdin;

  @Option(
      names = {"-t", "--tty"},
      description = "Give it a terminal.")
  private boolean tty;

  @Parameters(
      index = "0",
      paramLabel = "<container>",
      description = "Name, pod/container, ID or a prefix of it.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "<command>",
      description = "The command.")
  private List<String> command = new ArrayList<>();

  @Override
  protected int run(AdminClient daemon) throws IOException {
    if (tty && stdin && !Terminal.isThere()) {
      System.err.println(failure() + ": -t with -i needs a terminal; leave -t out");
      return CommandLine.ExitCode.USAGE;
    }
    String id = Names.container(Node.containers(daemon), name).id();
    NodeMessages.ToRun process =
        Node.one(
            daemon,
            "process",
            new NodeMessages.Command(id, CommandWords.of(command), tty),
            NodeMessages.ToRun.class);
    try {
      return new ExecSession(Path.of(process.folder()), tty, stdin)
          .run(process.process().getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  @Override
  protected String failure() {
    return "cannot run a command in " + name;
  }
}
