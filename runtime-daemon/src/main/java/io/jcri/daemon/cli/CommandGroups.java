package io.jcri.daemon.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The commands in {@code jcri --help}, by what they are about. */
final class CommandGroups {
  private static final String OTHERS = "Others";
  private static final int WIDTH = 12;

  private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put("The node", List.of("status", "check", "web", "selftest", "gc", "debug", "reset"));
    GROUPS.put(
        "Pods and containers",
        List.of("pods", "ps", "top", "inspect", "logs", "events", "exec", "nsenter"));
    GROUPS.put(
        "Images",
        List.of(
            "images",
            "image",
            "pull",
            "pulls",
            "load",
            "import-from",
            "save",
            "tag",
            "pin",
            "unpin",
            "rmi",
            "prune"));
  }

  private CommandGroups() {}

  static String text(CommandLine jcri) {
    Map<String, CommandLine> left = new LinkedHashMap<>(jcri.getSubcommands());
    left.values().removeIf(command -> command.getCommandSpec().usageMessage().hidden());
    StringBuilder text = new StringBuilder();
    GROUPS.forEach((group, names) -> {
      Map<String, CommandLine> commands = new LinkedHashMap<>();
      for (String name : names) {
        CommandLine command = left.remove(name);
        if (command != null) {
          commands.put(name, command);
        }
      }
      add(text, group, commands);
    });
    add(text, OTHERS, left);
    return text.toString();
  }

  private static void add(StringBuilder text, String group, Map<String, CommandLine> commands) {
    if (commands.isEmpty()) {
      return;
    }
    text.append(group).append(":\n");
    commands.forEach((name, command) ->
        text.append("  ")
            .append(name)
            .append(" ".repeat(Math.max(1, WIDTH - name.length())))
            .append(first(command))
            .append('\n'));
  }

  /** The first sentence says what it does. */
  private static String first(CommandLine command) {
    String[] description = command.getCommandSpec().usageMessage().description();
    return description.length == 0 ? "" : description[0].split("[.:;,] |[.]$", 2)[0];
  }
}
