package io.jcri.daemon.cli;

import io.jcri.daemon.cli.manual.CommandPage;
import io.jcri.daemon.cli.manual.ConfigPage;
import io.jcri.daemon.system.BuildInfo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code jcri manual}: prints a manual page. For whoever makes packages; {@code man} shows them.
 */
@Command(name = "manual", hidden = true, description = "Print a manual page in man(7)'s language.")
final class ManualCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PAGE", description = "jcri or jcri-config.")
  private String page = "";

  @Override
  public Integer call() throws IOException {
    String version = BuildInfo.version();
    switch (page) {
      case "jcri" -> System.out.print(CommandPage.of(new CommandLine(new Cli()), version));
      case "jcri-config" -> System.out.print(ConfigPage.of(ConfigCommand.defaults(), version));
      default -> {
        System.err.println("there is no page " + page + ", only jcri and jcri-config");
        return CommandLine.ExitCode.USAGE;
      }
    }
    return CommandLine.ExitCode.OK;
  }
}
