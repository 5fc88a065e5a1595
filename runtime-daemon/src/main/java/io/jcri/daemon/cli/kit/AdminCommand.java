package io.jcri.daemon.cli.kit;

import io.jcri.daemon.admin.AdminClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A command that asks the running daemon. What fails is one line on standard error and the status
 * 1; a wrong command line has the status 2.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = JcriVersion.class)
public abstract class AdminCommand implements Callable<Integer> {
  @Option(
      names = "--socket",
      paramLabel = "<path>",
      defaultValue = "/run/jcri/admin.sock",
      description = "The daemon's admin socket; ${DEFAULT-VALUE} by default.")
  private Path socket = Path.of("/run/jcri/admin.sock");

  /** What {@link #each} does for one argument. */
  @FunctionalInterface
  public interface Step {
    void take(String argument) throws IOException;
  }

  /** Does it; what it throws is told the user. */
  protected abstract int run(AdminClient daemon) throws IOException;

  /** What could not be done, such as {@code cannot load app.tar}. */
  protected abstract String failure();

  @Override
  public final Integer call() {
    try {
      return run(new AdminClient(socket));
    } catch (IOException e) {
      return failed(failure(), e);
    }
  }

  /** The folder that the socket is in: the daemon's state. */
  protected final Path folder() {
    Path parent = socket.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  /**
   * Goes on after a failure.
   *
   * @return the exit status
   */
  protected static int each(List<String> arguments, String failure, Step step) {
    int status = CommandLine.ExitCode.OK;
    for (String argument : arguments) {
      try {
        step.take(argument);
      } catch (IOException e) {
        status = failed(failure + " " + argument, e);
      }
    }
    return status;
  }

  private static int failed(String what, IOException e) {
    System.err.println(what + ": " + e.getMessage());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
