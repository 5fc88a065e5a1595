package io.jcri.daemon.cli;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a daemon of some configuration needs and does not find on this node. */
final class NodeNeeds {
  private NodeNeeds() {}

  /** A sentence for each thing; waits for what the OCI runtimes tell of themselves. */
  static List<String> missing(NodeFacts node, Handlers handlers, DaemonConfig.Network network)
      throws IOException {
    List<String> missing = new ArrayList<>(node.missing());
    handlers
        .all()
        .values()
        .forEach(handler -> handler.problem().or(handler::silence).ifPresent(missing::add));
    networkConfiguration(network).ifPresent(missing::add);
    if (network.plugins().stream().noneMatch(Files::isDirectory)) {
      missing.add("there are no CNI plugins in any of " + network.plugins());
    }
    return missing;
  }

  /** By the names that CNI reads; without any, jcri makes a network for the CIDR it is told. */
  private static Optional<String> networkConfiguration(DaemonConfig.Network network)
      throws IOException {
    Path directory = network.configurations();
    if (network.podCidr().isPresent()) {
      return Optional.empty();
    }
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(directory, "*.{conf,conflist,json}")) {
        if (found.iterator().hasNext()) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(
        "there is no CNI configuration in "
            + directory
            + ", and network.pod_cidr is not set: pods have no network until the kubelet tells a"
            + " pod CIDR");
  }
}
