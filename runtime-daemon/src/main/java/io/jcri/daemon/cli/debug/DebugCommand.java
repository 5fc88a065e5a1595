package io.jcri.daemon.cli.debug;

import io.jcri.daemon.cli.kit.JcriVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code jcri debug}. */
@Command(
    name = "debug",
    description = "Look into the daemon, also into one that hangs.",
    mixinStandardHelpOptions = true,
    versionProvider = JcriVersion.class,
    subcommands = DumpCommand.class)
public final class DebugCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }
}
