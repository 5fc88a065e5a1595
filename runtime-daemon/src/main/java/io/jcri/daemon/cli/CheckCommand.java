package io.jcri.daemon.cli;

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
    description = "Tell what this node can do, a fact a line, and what pods would lack.")
final class CheckCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "<file>",
      description =
          "The daemon's configuration; /etc/jcri/config.toml by default, if it is there."
              + " conf.d/*.toml beside it count as well.")
  private @Nullable Path file;

  @Override
  public Integer call() {
    try {
      DaemonConfig config = ConfigSource.of(Optional.ofNullable(file)).load().config();
      NodeFacts node = NodeFacts.read(Cgroups.detect(), config.cgroupDriver(), Path.of("/"));
      Layout layout = new Layout(config.root(), config.state());
      Handlers handlers = Handlers.find(config, layout, node, NativeBinaries.adapter());
      FactLines.of(tree(node, handlers)).forEach(System.out::println);
      List<String> missing = NodeNeeds.missing(node, handlers, config.network());
      missing.forEach(what -> System.err.println("missing: " + what));
      return missing.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (ConfigException e) {
      e.problems().forEach(System.err::println);
    } catch (IOException e) {
      System.err.println("cannot look at this node: " + Reasons.of(e));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static Map<String, Object> tree(NodeFacts node, Handlers handlers) {
    Map<String, Object> tree = new LinkedHashMap<>(node.tree());
    Map<String, Object> runtimes = new LinkedHashMap<>();
    handlers.all().forEach((name, handler) -> runtimes.put(name, handler.facts()));
    tree.put("runtimes", runtimes);
    return tree;
  }
}
