package io.jcri.daemon.cli;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completions as fish wants them: a line for each command and each of its options. */
final class FishCompletion {
  private FishCompletion() {}

  static String of(CommandLine jcri) {
    StringBuilder script = new StringBuilder("complete -c jcri -f\n");
    new TreeMap<>(jcri.getSubcommands())
        .forEach((name, command) -> {
          CommandSpec spec = command.getCommandSpec();
          if (spec.usageMessage().hidden()) {
            return;
          }
          line(script, "__fish_use_subcommand", "-a " + name, spec);
          String here = "__fish_seen_subcommand_from " + name;
          for (OptionSpec option : spec.options()) {
            option(script, here, option);
          }
          for (Map.Entry<String, CommandLine> below :
              new TreeMap<>(command.getSubcommands()).entrySet()) {
            line(script, here, "-a " + below.getKey(), below.getValue().getCommandSpec());
          }
        });
    return script.toString();
  }

  private static void line(
      StringBuilder script, String condition, String what, CommandSpec command) {
    script.append(
        "complete -c jcri -n '%s' %s -d '%s'\n"
            .formatted(condition, what, quoted(command.usageMessage().description())));
  }

  private static void option(StringBuilder script, String condition, OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
    }
    // What takes a value may take the name of a file.
    String value = option.arity().max() > 0 ? " -r -F" : "";
    script.append(
        "complete -c jcri -n '%s'%s%s -d '%s'\n"
            .formatted(condition, names, value, quoted(option.description())));
  }

  /** The first sentence, within single quotes. */
  private static String quoted(String[] description) {
    String text = description.length == 0 ? "" : description[0];
    return text.replaceFirst("[.;:].*", "").replace("\\", "\\\\").replace("'", "\\'");
  }
}
