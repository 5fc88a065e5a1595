package io.jcri.daemon.app;

import java.util.Arrays;

/**
 * {@code jcri}: the daemon reads its few flags itself, because loading the command line library
 * would make every start slower, and the daemon starts the pull worker; all other commands are in
 * {@code io.jcri.daemon.cli}.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int status =
        switch (args.length > 0 ? args[0] : "") {
          case "daemon" -> DaemonCommand.run(Arrays.asList(args).subList(1, args.length));
          case "pull-worker" -> io.jcri.daemon.pull.WorkerMain.run();
          case "train-commands" -> io.jcri.daemon.cli.Training.run(System.in);
          default -> io.jcri.daemon.cli.Cli.run(args);
        };
    System.exit(status);
  }
}
