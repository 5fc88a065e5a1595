package io.jcri.daemon.cli;

import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completions as fish wants them: a line for each command and each of its options. */
final class FishCompletion {
  /**
   * Which command it is tells its place: none of jcri's that have commands below them has options
   * with values, which could stand before.
   */
  private static final String PLACES =
      """
      # The first words are these: __jcri_in image inspect
      function __jcri_in
          set -l words (commandline -opc)
          test (count $words) -gt (count $argv); or return 1
          for i in (seq (count $argv))
              test $words[(math $i + 1)] = $argv[$i]; or return 1
          end
      end
      # And the next is typed.
      function __jcri_after
          test (count (commandline -opc)) -eq (math (count $argv) + 1); and __jcri_in $argv
      end
      complete -c jcri -f
      """;

  private FishCompletion() {}

  static String of(CommandLine jcri) {
    StringBuilder script = new StringBuilder(PLACES);
    below(script, "", jcri);
    return script.toString();
  }

  private static void below(StringBuilder script, String path, CommandLine command) {
    new TreeMap<>(command.getSubcommands())
        .forEach((name, next) -> {
          CommandSpec spec = next.getCommandSpec();
          if (spec.usageMessage().hidden()) {
            return;
          }
          String what = " -a " + name + described(spec.usageMessage().description());
          line(script, "__jcri_after" + path, what);
          String here = path + " " + name;
          for (OptionSpec option : spec.options()) {
            option(script, "__jcri_in" + here, option);
          }
          for (PositionalParamSpec operand : spec.positionalParameters()) {
            String values = values(operand);
            if (!values.equals(" -x")) {
              line(script, "__jcri_in" + here, values.replace(" -r", "").replace(" -x", ""));
            }
          }
          below(script, here, next);
        });
  }

  private static void line(StringBuilder script, String condition, String what) {
    script.append("complete -c jcri -n '%s'%s\n".formatted(condition, what));
  }

  private static void option(StringBuilder script, String condition, OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
    }
    String value = option.arity().max() > 0 ? values(option) : "";
    line(script, condition, names + value + described(option.description()));
  }

  private static String values(ArgSpec argument) {
    if (CompletedValues.areFiles(argument)) {
      return " -r -F";
    }
    String words = CompletedValues.words(argument);
    return words.isEmpty() ? " -x" : " -x -a '" + words + "'";
  }

  /** Within single quotes. */
  private static String described(String[] description) {
    String text = CompletedValues.firstSentence(description);
    return " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
