package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages.Pod;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri nsenter}, by nsenter(1) of util-linux. */
@Command(
    name = "nsenter",
    description =
        "Run a command of this machine's, by default a shell, in a pod's network, ipc and uts"
            + " namespaces; files and processes are the machine's. The status is the command's.")
public final class NsenterCommand extends AdminCommand {
  @Parameters(
      index = "0",
      paramLabel = "<pod>",
      description = "Name, namespace/name, ID or a prefix of it.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "<command>",
      description = "The command.")
  private List<String> command = new ArrayList<>();

  @Override
  protected int run(AdminClient daemon) throws IOException {
    Pod pod = Names.pod(Node.pods(daemon), name);
    if (!pod.state().equals("ready")) {
      throw new IOException("it is " + pod.state() + " and has no namespaces");
    }
    List<String> line =
        line(
            pod,
            CommandWords.of(command),
            Optional.ofNullable(System.getenv("SHELL")).orElse("/bin/sh"));
    try {
      return new ProcessBuilder(line).inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** A pod of the host's network has less to enter. */
  static List<String> line(Pod pod, List<String> command, String shell) {
    List<String> line = new ArrayList<>(List.of("nsenter"));
    pod.namespaces().forEach((kind, file) -> line.add("--" + kind + "=" + file));
    line.add("--");
    line.addAll(command.isEmpty() ? List.of(shell) : command);
    return line;
  }

  @Override
  protected String failure() {
    return "cannot enter the namespaces of " + name;
  }
}
