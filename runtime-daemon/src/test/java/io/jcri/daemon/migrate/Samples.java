package io.jcri.daemon.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Configurations as nodes have them, and what containerd and CRI-O have when nothing is said. All
 * are made for these tests, after the manner of what the comments in them name.
 */
final class Samples {
  static final Path FOLDER = Path.of("src/test/resources/io/jcri/daemon/migrate");

  static final Path CERTS = Path.of("/etc/jcri/certs.d");

  /** What is on the node. */
  private static final Set<Path> NODE =
      Set.of(Path.of("/etc/containers/policy.json"), Path.of("/etc/containers/registries.conf"));

  private Samples() {}

  static List<String> names() {
    return List.of(
        "default-containerd-2.toml",
        "default-crio.conf",
        "kind.toml",
        "eks.toml",
        "gke.toml",
        "k3s.toml",
        "nvidia.toml",
        "gvisor.toml",
        "kata.toml",
        "legacy.toml",
        "crio-kubeadm.conf",
        "crio-cluster.conf");
  }

  static Migration migrate(Path file) {
    return Migration.of(file, Optional.empty(), Optional.of(CERTS), NODE::contains);
  }
}
