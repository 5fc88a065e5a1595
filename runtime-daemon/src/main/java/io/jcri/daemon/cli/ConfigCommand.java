package io.jcri.daemon.cli;

import io.jcri.daemon.cli.kit.JcriVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code jcri config} and what it can do. */
@Command(
    name = "config",
    description = "Print, check or reload the configuration, or make one of another runtime's.",
    mixinStandardHelpOptions = true,
    versionProvider = JcriVersion.class,
    subcommands = {
      ConfigCommand.Default.class,
      ConfigCheckCommand.class,
      ConfigShowCommand.class,
      ConfigReloadCommand.class,
      MigrateCommand.class
    })
final class ConfigCommand implements Callable<Integer> {
  private static final String DEFAULT_RESOURCE = "/io/jcri/daemon/config.toml";

  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }

  /** Prints the file that every installation has, with a comment for each key. */
  @Command(
      name = "default",
      description = "Print the default configuration.",
      mixinStandardHelpOptions = true,
      versionProvider = JcriVersion.class)
  static final class Default implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      System.out.print(defaults());
      return CommandLine.ExitCode.OK;
    }
  }

  /** The text of the default configuration. */
  static String defaults() throws IOException {
    try (InputStream in = ConfigCommand.class.getResourceAsStream(DEFAULT_RESOURCE)) {
      if (in == null) {
        throw new IOException(DEFAULT_RESOURCE + " is missing from the installation");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
