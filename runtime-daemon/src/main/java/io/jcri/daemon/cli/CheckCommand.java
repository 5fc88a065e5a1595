package io.jcri.daemon.cli;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigFile;
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
  private static final Path DEFAULT_FILE = Path.of("/etc/jcri/config.toml");

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "The daemon's configuration; /etc/jcri/config.toml by default, if it is there.")
  private @Nullable Path file;

  @Override
  public Integer call() {
    try {
      DaemonConfig config = configuration();
      NodeFacts node = NodeFacts.read(Cgroups.detect(), config.cgroupDriver(), Path.of("/"));
      Layout layout = new Layout(config.root(), config.state());
      Handlers handlers = Handlers.find(config, layout, node, NativeBinaries.adapter());
      FactLines.of(tree(node, handlers)).forEach(System.out::println);
      List<String> missing = NodeNeeds.missing(node, handlers, config.network());
      missing.forEach(what -> System.err.println("missing: " + what));
      return missing.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
    } catch (IOException e) {
      System.err.println("cannot look at this node: " + Reasons.of(e));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private DaemonConfig configuration() throws IOException {
    if (file != null) {
      return ConfigFile.read(file);
    }
    return Files.exists(DEFAULT_FILE) ? ConfigFile.read(DEFAULT_FILE) : DaemonConfig.defaults();
  }

  private static Map<String, Object> tree(NodeFacts node, Handlers handlers) {
    Map<String, Object> tree = new LinkedHashMap<>(node.tree());
    Map<String, Object> runtimes = new LinkedHashMap<>();
    handlers.all().forEach((name, handler) -> runtimes.put(name, handler.facts()));
    tree.put("runtimes", runtimes);
    return tree;
  }
}
