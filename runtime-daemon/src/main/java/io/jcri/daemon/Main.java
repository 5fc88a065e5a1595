package io.jcri.daemon;

import io.jcri.daemon.cli.DaemonCommand;
import java.util.Arrays;

/**
 * {@code jcri}: the daemon reads its few flags itself, because loading the command line library
 * would make every start slower; all other commands are in {@code io.jcri.daemon.cli}.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int status =
        args.length > 0 && args[0].equals("daemon")
            ? DaemonCommand.run(Arrays.asList(args).subList(1, args.length))
            : io.jcri.daemon.cli.Cli.run(args);
    System.exit(status);
  }
}
