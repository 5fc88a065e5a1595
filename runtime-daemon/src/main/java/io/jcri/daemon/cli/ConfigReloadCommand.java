package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ConfigMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code jcri config reload}. */
@Command(
    name = "reload",
    description = {
      "Have the daemon read its configuration again, as SIGHUP does, and wait until that counts.",
      "Tells what is applied and what needs a restart. A configuration that is wrong changes"
          + " nothing."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:The configuration is good and what can be applied is applied.",
      "1:Something in it is wrong, or no daemon answers.",
      "2:The command line is wrong."
    })
final class ConfigReloadCommand extends AdminCommand {
  @Override
  protected int run(AdminClient daemon) throws IOException {
    int[] status = {CommandLine.ExitCode.OK};
    daemon.ask(
        "reload",
        new ConfigMessages.Ask(),
        ConfigMessages.Outcome.class,
        outcome -> status[0] = tell(outcome));
    return status[0];
  }

  private static int tell(ConfigMessages.Outcome outcome) {
    if (!outcome.problems().isEmpty()) {
      outcome.problems().forEach(System.err::println);
      System.err.println("nothing is changed");
      return CommandLine.ExitCode.SOFTWARE;
    }
    outcome.applied().forEach(change -> System.out.println("applied: " + change));
    outcome.needRestart().forEach(change -> System.out.println("needs a restart: " + change));
    if (outcome.applied().isEmpty() && outcome.needRestart().isEmpty()) {
      System.out.println("nothing has changed");
    }
    return CommandLine.ExitCode.OK;
  }

  @Override
  protected String failure() {
    return "cannot reload the configuration";
  }
}
