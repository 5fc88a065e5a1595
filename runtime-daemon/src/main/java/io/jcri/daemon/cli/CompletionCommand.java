package io.jcri.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri completion}. */
@Command(
    name = "completion",
    description =
        "Print what a shell needs to complete jcri's commands and options. bash: source <(jcri"
            + " completion bash), zsh the same, fish: jcri completion fish | source.",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  /** Those that are known. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(index = "0", paramLabel = "<shell>", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    CommandLine all = Cli.whole();
    System.out.print(
        switch (shell) {
          case bash -> BashCompletion.of(all);
          case zsh -> ZshCompletion.of(all);
          case fish -> FishCompletion.of(all);
        });
    return CommandLine.ExitCode.OK;
  }
}
