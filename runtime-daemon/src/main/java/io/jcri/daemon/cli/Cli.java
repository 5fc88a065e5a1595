package io.jcri.daemon.cli;

import io.jcri.daemon.cli.debug.DebugCommand;
import io.jcri.daemon.cli.kit.JcriVersion;
import io.jcri.daemon.cli.pod.EventsCommand;
import io.jcri.daemon.cli.pod.ExecCommand;
import io.jcri.daemon.cli.pod.InspectCommand;
import io.jcri.daemon.cli.pod.LogsCommand;
import io.jcri.daemon.cli.pod.NsenterCommand;
import io.jcri.daemon.cli.pod.PodsCommand;
import io.jcri.daemon.cli.pod.PsCommand;
import io.jcri.daemon.cli.pod.StatusCommand;
import io.jcri.daemon.cli.pod.TopCommand;
import io.jcri.sandbox.linux.Reasons;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** {@code jcri}: the operator's commands. */
@Command(
    name = "jcri",
    description = "The container runtime that a Kubernetes node talks to.",
    mixinStandardHelpOptions = true,
    versionProvider = JcriVersion.class,
    subcommands = {
      StatusCommand.class,
      CheckCommand.class,
      WebCommand.class,
      SelftestCommand.class,
      GcCommand.class,
      DebugCommand.class,
      ResetCommand.class,
      PodsCommand.class,
      PsCommand.class,
      TopCommand.class,
      InspectCommand.class,
      LogsCommand.class,
      EventsCommand.class,
      ExecCommand.class,
      NsenterCommand.class,
      ImagesCommand.class,
      ImageCommand.class,
      PullCommand.class,
      PullsCommand.class,
      LoadCommand.class,
      ImportFromCommand.class,
      SaveCommand.class,
      TagCommand.class,
      PinCommand.class,
      PinCommand.Un.class,
      RmiCommand.class,
      PruneCommand.class,
      ConfigCommand.class,
      CompletionCommand.class,
      VersionCommand.class,
      ManualCommand.class
    },
    footer = {
      "",
      "Each has --help. The daemon itself is started with: jcri daemon [flags]",
      "Exit status: 0 done, 1 failed or not ready, 2 wrong command line; exec and nsenter: the"
          + " command's."
    })
public final class Cli {
  /** What follows the first argument of these is another command's, with options of its own. */
  private static final Set<String> WRAPPERS = Set.of("exec", "nsenter");

  /**
   * Runs one command.
   *
   * @return the exit status
   */
  public static int run(String[] args) {
    if (args.length == 0) {
      whole().usage(System.err);
      return CommandLine.ExitCode.USAGE;
    }
    for (Class<?> command : Cli.class.getAnnotation(Command.class).subcommands()) {
      if (command.getAnnotation(Command.class).name().equals(args[0])) {
        // Alone: to look at all the others takes longer than most commands do.
        CommandLine alone = new CommandLine(command).setCommandName("jcri " + args[0]);
        return prepare(alone, args[0]).execute(Arrays.copyOfRange(args, 1, args.length));
      }
    }
    return whole().execute(args);
  }

  /** All commands. */
  static CommandLine whole() {
    CommandLine all = new CommandLine(new Cli());
    all.setParameterExceptionHandler(Cli::misused);
    all.getSubcommands().forEach((name, command) -> prepare(command, name));
    all.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> CommandGroups.text(all));
    return all;
  }

  private static CommandLine prepare(CommandLine command, String name) {
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setStopAtPositional(WRAPPERS.contains(name));
    command.setParameterExceptionHandler(Cli::misused);
    command.setExecutionExceptionHandler(Cli::failed);
    addHelp(command);
    return command;
  }

  private static void addHelp(CommandLine command) {
    if (command.getCommandSpec().findOption("--help") == null) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
      command.getCommandSpec().versionProvider(new JcriVersion());
    }
    for (Map.Entry<String, CommandLine> below : command.getSubcommands().entrySet()) {
      addHelp(below.getValue());
    }
  }

  /** One line, and where to read more: a page of help would hide what is wrong. */
  private static int misused(CommandLine.ParameterException wrong, String[] args) {
    String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
    System.err.println(
        "%s: %s; see %s --help"
            .formatted(name, String.valueOf(wrong.getMessage()).replace('\n', ' '), name));
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception why, CommandLine command, CommandLine.ParseResult parsed) {
    System.err.println(command.getCommandSpec().qualifiedName() + ": " + Reasons.of(why));
    return CommandLine.ExitCode.SOFTWARE;
  }
}
