package io.jcri.daemon.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code jcri}: the operator's commands. */
@Command(
    name = "jcri",
    description = "The container runtime that a Kubernetes node talks to.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    subcommands = {
      VersionCommand.class,
      ConfigCommand.class,
      SelftestCommand.class,
      LoadCommand.class
    },
    footer = "The daemon itself is started with: jcri daemon [flags]")
public final class Cli {

  /**
   * Runs one command.
   *
   * @return the exit status
   */
  public static int run(String[] args) {
    CommandLine commands = new CommandLine(new Cli());
    if (args.length == 0) {
      commands.usage(System.err);
      return CommandLine.ExitCode.USAGE;
    }
    return commands.execute(args);
  }
}
