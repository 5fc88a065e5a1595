package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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
            "complete -c jcri -n '__jcri_after' -a ps -d 'List running containers, the newest"
                + " first'",
            "complete -c jcri -n '__jcri_in ps' -l pod -x -d 'Only this pod\\'s'",
            "complete -c jcri -n '__jcri_in top' -l sort -x -a 'cpu memory name' -d 'cpu, memory,"
                + " name'",
            "complete -c jcri -n '__jcri_in load' -F")
        .anyMatch(line -> line.contains("'__jcri_after image' -a inspect "))
        .anyMatch(line -> line.contains("'__jcri_in image inspect' -l socket -r -F "))
        .allMatch(line -> line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2 == 0);
  }

  @Test
  void zshKnowsCommandsAndTheirOptions() {
    String script = ZshCompletion.of(jcri);
    assertThat(script)
        .startsWith("#compdef jcri\n")
        .contains(
            "'ps:List running containers, the newest first'",
            "'(--pod)--pod=[Only this pod'\\''s]:pod: '",
            "'*--label=[Only those that have this label]:keyvalue: '",
            "'(--sort)--sort=[cpu, memory, name]:what:(cpu memory name)'")
        .doesNotContain("manual");
  }

  @Test
  void bashCompletesEveryCommand() {
    String script = BashCompletion.of(jcri);
    jcri.getSubcommands().keySet().forEach(name -> assertThat(script).contains(name));
  }
}
