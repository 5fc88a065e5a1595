package io.jcri.daemon.cli;

import io.jcri.daemon.check.CheckedNode;
import io.jcri.daemon.check.Finding;
import io.jcri.daemon.check.NodeChecks;
import io.jcri.daemon.check.Verdict;
import io.jcri.daemon.cli.kit.OutputFormat;
import io.jcri.daemon.cli.kit.Terminal;
import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri check}: what a daemon would find on this node; none need run. */
@Command(
    name = "check",
    description =
        "Check whether this node can run pods, and what is missed: each thing with what was seen and"
            + " what to do about it.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:Nothing fails; there may be warnings.",
      "1:Something fails, or the configuration is wrong.",
      "2:The command line is wrong."
    })
final class CheckCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "<file>",
      description =
          "The daemon's configuration; /etc/jcri/config.toml by default, if it is there."
              + " conf.d/*.toml beside it count as well.")
  private @Nullable Path file;

  @Option(
      names = "--kubelet-config",
      paramLabel = "<file>",
      description =
          "The kubelet's configuration; by default that of the kubelet that runs, or"
              + " /var/lib/kubelet/config.yaml.")
  private @Nullable Path kubelet;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.table;

  @Option(names = "--facts", description = "Tell what the node can do as well, a fact a line.")
  private boolean facts;

  /**
   * What is printed as JSON and YAML.
   *
   * @param facts what the node and its OCI runtimes can do
   */
  record Report(boolean good, List<Finding> checks, Map<String, Object> facts) {}

  @Override
  public Integer call() {
    if (kubelet != null && !Files.isReadable(kubelet)) {
      System.err.println(kubelet + ": there is no such file");
      return CommandLine.ExitCode.USAGE;
    }
    try {
      DaemonConfig config = ConfigSource.of(Optional.ofNullable(file)).load().config();
      NodeFacts node = NodeFacts.read(Cgroups.detect(), config.cgroupDriver(), Path.of("/"));
      Layout layout = new Layout(config.root(), config.state(), config.imageDirectory());
      Handlers handlers = Handlers.find(config, layout, node, NativeBinaries.adapter());
      List<Finding> findings =
          NodeChecks.of(
              new CheckedNode(Path.of("/"), config, node, handlers, Optional.ofNullable(kubelet)));
      Report report =
          new Report(
              findings.stream().noneMatch(finding -> finding.verdict() == Verdict.FAIL),
              findings,
              tree(node, handlers));
      format.print(report, () -> lines(report));
      return report.good() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (ConfigException e) {
      e.problems().forEach(System.err::println);
    } catch (IOException e) {
      System.err.println("cannot look at this node: " + Reasons.of(e));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private List<String> lines(Report report) {
    List<String> lines = new CheckTable(Terminal.isThere()).lines(report.checks());
    if (facts) {
      lines.add("");
      lines.addAll(FactLines.of(report.facts()));
    }
    return lines;
  }

  private static Map<String, Object> tree(NodeFacts node, Handlers handlers) {
    Map<String, Object> tree = new LinkedHashMap<>(node.tree());
    Map<String, Object> runtimes = new LinkedHashMap<>();
    handlers.all().forEach((name, handler) -> runtimes.put(name, handler.facts()));
    tree.put("runtimes", runtimes);
    return tree;
  }
}
