package io.jcri.daemon.cli;

import java.util.Arrays;
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
      CheckCommand.class,
      ConfigCommand.class,
      SelftestCommand.class,
      ImagesCommand.class,
      ImageCommand.class,
      PullCommand.class,
      PullsCommand.class,
      LoadCommand.class,
      SaveCommand.class,
      TagCommand.class,
      PinCommand.class,
      PinCommand.Un.class,
      RmiCommand.class,
      PruneCommand.class,
      ManualCommand.class
    },
    footer = "The daemon itself is started with: jcri daemon [flags]")
public final class Cli {

  /**
   * Runs one command.
   *
   * @return the exit status
   */
  public static int run(String[] args) {
    if (args.length == 0) {
      CommandLine.usage(new Cli(), System.err);
      return CommandLine.ExitCode.USAGE;
    }
    for (Class<?> command : Cli.class.getAnnotation(Command.class).subcommands()) {
      if (command.getAnnotation(Command.class).name().equals(args[0])) {
        // Alone: to look at all the others takes longer than most commands do.
        return new CommandLine(command)
            .setCommandName("jcri " + args[0])
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(Arrays.copyOfRange(args, 1, args.length));
      }
    }
    return new CommandLine(new Cli()).execute(args);
  }
}
