package io.jcri.daemon.cli.manual;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The page jcri(8): every command with its options, from the same words that {@code --help} shows.
 */
public final class CommandPage {
  private CommandPage() {}

  /** Makes the page of these commands. */
  public static String of(CommandLine jcri, String version) {
    Roff page = new Roff().title("jcri", 8, "jcri " + version, "System administration");
    page.section("Name").words("jcri - container runtime for Kubernetes nodes");
    page.section("Synopsis").words("jcri daemon [FLAG...]");
    page.paragraph("jcri COMMAND [OPTION...] [ARGUMENT...]");
    page.section("Description")
        .words(
            "The daemon serves the Container Runtime Interface to the kubelet and crictl(1) on"
                + " /run/jcri/jcri.sock. The other commands speak to it on a socket of root's, or look at"
                + " the node themselves.");
    page.section("Commands");
    for (CommandLine command : jcri.getSubcommands().values()) {
      command(page, command);
    }
    page.section("The daemon")
        .words(
            "jcri daemon runs in the foreground until SIGTERM or SIGINT; pods run on, and the next daemon"
                + " takes them up. Flags beat the configuration: jcri daemon --help lists them.");
    files(page);
    page.section("See also").words("jcri-config(5), crictl(1), runc(8), systemctl(1)");
    return page.toString();
  }

  private static void command(Roff page, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.usageMessage().hidden()) {
      return;
    }
    if (command.getSubcommands().isEmpty()) {
      page.subsection(synopsis(spec)).words(text(spec.usageMessage().description()));
      for (OptionSpec option : spec.options()) {
        if (!option.hidden()) {
          page.item(String.join(", ", option.names()) + label(option)).words(described(option));
        }
      }
      for (PositionalParamSpec parameter : spec.positionalParameters()) {
        page.item(parameter.paramLabel()).words(described(parameter));
      }
    }
    command.getSubcommands().values().forEach(below -> command(page, below));
  }

  private static String synopsis(CommandSpec spec) {
    List<String> words = new ArrayList<>();
    words.add(spec.qualifiedName());
    if (spec.options().stream().anyMatch(option -> !option.hidden())) {
      words.add("[OPTION...]");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
      words.add(parameter.required() ? label : "[" + label + "]");
    }
    return String.join(" ", words);
  }

  private static String label(OptionSpec option) {
    return option.arity().max() == 0 ? "" : "=" + option.paramLabel().replaceAll("^<|>$", "");
  }

  private static String described(ArgSpec argument) {
    return text(argument.description());
  }

  private static String text(String[] description) {
    return String.join(" ", description).replaceAll("@\\|\\S+ |\\|@", "").replaceAll("\\s+", " ");
  }

  private static void files(Roff page) {
    page.section("Files");
    page.item("/etc/jcri/config.toml, /etc/jcri/conf.d/*.toml").words("See jcri-config(5).");
    page.item("/run/jcri/jcri.sock").words("Where the kubelet and crictl connect.");
    page.item("/var/lib/jcri").words("Images, and the records of pods and containers.");
    page.item("/run/jcri").words("What ends with the machine: namespaces, shims and exit records.");
  }
}
