package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.AutoComplete;
import picocli.CommandLine;

/** What is made of all commands at once: help and completions. */
class CompletionTest {
  private final CommandLine jcri = Cli.whole();

  @Test
  void everyCommandHasHelpAndAGroup() {
    String help = jcri.getUsageMessage(CommandLine.Help.Ansi.OFF);
    assertThat(jcri.getSubcommands()).hasSizeGreaterThan(20);
    jcri.getSubcommands()
        .forEach((name, command) -> {
          assertThat(command.getCommandSpec().findOption("--help")).as(name).isNotNull();
          if (!command.getCommandSpec().usageMessage().hidden()) {
            assertThat(help).containsPattern("(?m)^  " + name + " +\\S");
          }
        });
    assertThat(help).contains("Pods and containers:\n  pods ", "Exit status: 0 done");
  }

  @Test
  void fishKnowsCommandsAndTheirOptions() {
    List<String> script = FishCompletion.of(jcri).lines().toList();
    assertThat(script)
        .contains(
            "complete -c jcri -n '__fish_use_subcommand' -a ps -d 'List running containers, the"
                + " newest first'")
        .contains(
            "complete -c jcri -n '__fish_seen_subcommand_from ps' -l pod -r -F -d 'Only this"
                + " pod\\'s'")
        .anyMatch(line -> line.contains("'__fish_seen_subcommand_from image' -a inspect "))
        .allMatch(line -> line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2 == 0);
  }

  @Test
  void bashCompletesEveryCommand() {
    String script = AutoComplete.bash("jcri", jcri);
    assertThat(script).contains("bashcompinit");
    jcri.getSubcommands().keySet().forEach(name -> assertThat(script).contains(name));
  }
}
