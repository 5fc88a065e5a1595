package io.jcri.daemon.cli;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.runtime.RuntimeCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri config default}, {@code jcri config check} and {@link MigrateCommand}. */
@Command(
    name = "config",
    description = "Print the default configuration, check one, or make one of another runtime's.",
    subcommands = {ConfigCommand.Default.class, ConfigCommand.Check.class, MigrateCommand.class})
final class ConfigCommand implements Callable<Integer> {
  private static final String DEFAULT_RESOURCE = "/io/jcri/daemon/config.toml";

  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return CommandLine.ExitCode.USAGE;
  }

  /** Prints the file that every installation has, with a comment for each key. */
  @Command(name = "default", description = "Print the default configuration.")
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

  /** Tells every line that is wrong. */
  @Command(name = "check", description = "Check a configuration file.")
  static final class Check implements Callable<Integer> {
    @Parameters(
        index = "0",
        defaultValue = "/etc/jcri/config.toml",
        description = "The file; ${DEFAULT-VALUE} by default.")
    private Path file = Path.of("/etc/jcri/config.toml");

    @Override
    public Integer call() {
      try {
        DaemonConfig config = ConfigFile.read(file);
        List<String> escapes = RuntimeCheck.escapes(config);
        escapes.forEach(why -> System.err.println(file + ": " + why));
        if (escapes.isEmpty() || !config.refuseKnownEscapes()) {
          System.out.println(file + ": good");
          return CommandLine.ExitCode.OK;
        }
        System.err.println(file + ": refuse_known_escapes is set, so these run no container");
      } catch (ConfigException e) {
        System.err.println(e.getMessage());
      } catch (IOException e) {
        System.err.println("cannot read " + file + ": " + e.getMessage());
      }
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
