package io.jcri.daemon.cli;

import io.jcri.daemon.selftest.Selftest;
import io.jcri.daemon.selftest.SelftestException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri selftest}: does this node's runtime really run pods? */
@Command(
    name = "selftest",
    description = "Run a pod through the CRI socket, talk to it, and remove it again.")
final class SelftestCommand implements Callable<Integer> {
  @Option(
      names = "--socket",
      defaultValue = "/run/jcri/jcri.sock",
      description = "The CRI socket; ${DEFAULT-VALUE} by default.")
  private Path socket = Path.of("/run/jcri/jcri.sock");

  @Option(names = "--host-network", description = "Use the host's network: needs no CNI.")
  private boolean hostNetwork;

  @Option(
      names = "--polls",
      defaultValue = "1",
      paramLabel = "<number>",
      description = "How often to ask about the running pod; ${DEFAULT-VALUE} by default.")
  private int polls = 1;

  @Option(
      names = "--wait",
      defaultValue = "0",
      paramLabel = "<seconds>",
      description = "How long to wait for a daemon to answer; ${DEFAULT-VALUE} by default.")
  private int patience;

  @Override
  public Integer call() {
    try {
      new Selftest(socket, hostNetwork, polls, Duration.ofSeconds(patience), System.out).run();
      System.out.println("selftest: success");
      return CommandLine.ExitCode.OK;
    } catch (SelftestException e) {
      System.err.println("selftest: FAILED: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
