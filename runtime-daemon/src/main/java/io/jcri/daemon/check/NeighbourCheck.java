package io.jcri.daemon.check;

import io.jcri.oci.OciException;
import io.jcri.oci.PlainYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other runtimes of the node, and whom crictl asks. */
final class NeighbourCheck implements Check {
  private static final Map<String, String> RUNTIMES = new LinkedHashMap<>();

  static {
    RUNTIMES.put("containerd", "run/containerd/containerd.sock");
    RUNTIMES.put("CRI-O", "run/crio/crio.sock");
    RUNTIMES.put("cri-dockerd", "run/cri-dockerd.sock");
  }

  @Override
  public String about() {
    return "neighbours";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    List<String> alive = new ArrayList<>();
    RUNTIMES.forEach((name, socket) -> {
      // A link to jcri's, for programs that know only the others' sockets, is no other runtime.
      if (CheckedNode.answers(node.at(socket)) && !leadsToOurs(node, node.at(socket))) {
        alive.add(name);
      }
    });
    return List.of(
        alive.isEmpty()
            ? Finding.ok("neighbours.runtimes", "none runs")
            : Finding.warn(
                "neighbours.runtimes",
                String.join(" and ", alive)
                    + " runs as well: pods that the kubelet gave it go on beside jcri's",
                "After a move: systemctl disable --now containerd crio; leave it when it is Docker's."),
        crictl(node));
  }

  private static boolean leadsToOurs(CheckedNode node, Path socket) {
    try {
      return Files.isSameFile(socket, node.config().socket());
    } catch (IOException e) {
      return false;
    }
  }

  private static Finding crictl(CheckedNode node) throws IOException {
    String name = "neighbours.crictl";
    String ours = "unix://" + node.config().socket();
    String remedy = "Name jcri's socket: echo 'runtime-endpoint: " + ours + "' > /etc/crictl.yaml";
    Optional<String> text = node.text("etc/crictl.yaml");
    if (text.isEmpty()) {
      return node.program("crictl").isPresent()
          ? Finding.warn(name, "there is no /etc/crictl.yaml: crictl asks whom it finds", remedy)
          : Finding.skipped(name, "crictl is not installed");
    }
    Optional<String> endpoint = endpoint(text.get());
    return endpoint.isPresent() && Endpoints.path(endpoint.get()).equals(node.config().socket())
        ? Finding.ok(name, "asks jcri")
        : Finding.warn(
            name,
            "asks " + endpoint.orElse("nobody") + ", by /etc/crictl.yaml",
            remedy + " (what else is in it goes)");
  }

  private static Optional<String> endpoint(String text) {
    try {
      return PlainYaml.parse(text) instanceof Map<?, ?> map
          ? Optional.ofNullable(map.get("runtime-endpoint")).map(String::valueOf)
          : Optional.empty();
    } catch (OciException e) {
      return Optional.of("nobody, since the file " + e.getMessage());
    }
  }
}
