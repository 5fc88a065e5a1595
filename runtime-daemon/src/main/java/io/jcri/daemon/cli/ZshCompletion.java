package io.jcri.daemon.cli;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Completions as zsh wants them: one function, which is both a file of those that zsh loads when it
 * needs them and can be sourced.
 */
final class ZshCompletion {
  private static final String END =
      """
      if [[ $funcstack[1] = _jcri ]]; then
        _jcri "$@"
      else
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        compdef _jcri jcri
      fi
      """;

  private ZshCompletion() {}

  static String of(CommandLine jcri) {
    StringBuilder script = new StringBuilder("#compdef jcri\n_jcri() {\n");
    below(script, 2, jcri);
    return script.append("}\n").append(END).toString();
  }

  /** At a word, the commands that may stand there, and what follows each of them. */
  private static void below(StringBuilder script, int word, CommandLine command) {
    String indent = "  ".repeat(word - 1);
    TreeMap<String, CommandLine> commands = new TreeMap<>(command.getSubcommands());
    commands.values().removeIf(next -> next.getCommandSpec().usageMessage().hidden());
    script.append(indent).append("if (( CURRENT == ").append(word).append(" )); then\n");
    script.append(indent).append("  local -a commands=(\n");
    commands.forEach((name, next) -> {
      String[] description = next.getCommandSpec().usageMessage().description();
      String text = name + ":" + CompletedValues.firstSentence(description);
      script.append(indent).append("    ").append(quoted(text)).append('\n');
    });
    script.append(indent).append("  )\n");
    script.append(indent).append("  _describe -t commands command commands\n");
    script.append(indent).append("  return\n").append(indent).append("fi\n");
    script.append(indent).append("case $words[").append(word).append("] in\n");
    commands.forEach((name, next) -> {
      script.append(indent).append(name).append(")\n");
      if (next.getSubcommands().isEmpty()) {
        arguments(script, indent + "  ", word, next.getCommandSpec());
      } else {
        below(script, word + 1, next);
      }
      script.append(indent).append("  ;;\n");
    });
    script.append(indent).append("esac\n");
  }

  private static void arguments(StringBuilder script, String indent, int word, CommandSpec spec) {
    script
        .append(indent)
        .append("shift %d words; (( CURRENT -= %d ))\n".formatted(word - 1, word - 1));
    script.append(indent).append("_arguments -s");
    for (OptionSpec option : spec.options()) {
      for (String name : option.names()) {
        script.append(" \\\n").append(indent).append("  ").append(quoted(option(option, name)));
      }
    }
    for (PositionalParamSpec operand : spec.positionalParameters()) {
      String many = operand.arity().max() > 1 || operand.isMultiValue() ? "*" : "";
      script.append(" \\\n").append(indent).append("  ").append(quoted(many + values(operand)));
    }
    script.append('\n');
  }

  /** One of its names, which is not offered beside another, unless it may be repeated. */
  private static String option(OptionSpec option, String name) {
    boolean value = option.arity().max() > 0;
    String before =
        option.isMultiValue()
            ? "*"
            : Arrays.stream(option.names()).collect(Collectors.joining(" ", "(", ")"));
    String valued = value ? (name.startsWith("--") ? "=" : "+") : "";
    String text = CompletedValues.firstSentence(option.description());
    return before
        + name
        + valued
        + "["
        + text.replace("[", "\\[").replace("]", "\\]")
        + "]"
        + (value ? values(option) : "");
  }

  private static String values(ArgSpec argument) {
    String label = argument.paramLabel().replaceAll("[^A-Za-z ]", "");
    if (CompletedValues.areFiles(argument)) {
      return ":" + label + ":_files";
    }
    String words = CompletedValues.words(argument);
    return ":" + label + ":" + (words.isEmpty() ? " " : "(" + words + ")");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
