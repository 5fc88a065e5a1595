package io.jcri.daemon.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kubelet's configuration says of what is jcri's as well. */
final class KubeletCheck implements Check {
  private static final String ENDPOINT = "kubelet.endpoint";
  private static final String SWAP = "kubelet.swap";
  private static final String FILE = "/var/lib/kubelet/config.yaml";

  @Override
  public String about() {
    return "kubelet";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    Optional<KubeletSettings> found = KubeletSettings.find(node);
    if (found.isEmpty()) {
      return List.of(
          Finding.skipped(ENDPOINT, "there is no kubelet's configuration on this node"),
          swapAlone(node));
    }
    KubeletSettings kubelet = found.get();
    List<Finding> findings = new ArrayList<>();
    findings.add(endpoint(node, kubelet));
    kubelet
        .value("image-service-endpoint", "imageServiceEndpoint")
        .filter(set -> !Endpoints.path(set).equals(node.config().socket()))
        .ifPresent(set ->
            findings.add(
                Finding.fail(
                    "kubelet.imageEndpoint",
                    set + " is not jcri, in " + kubelet.from() + ": its images are elsewhere",
                    "Remove imageServiceEndpoint from " + FILE + " and restart the kubelet.")));
    findings.add(driver(node, kubelet));
    findings.add(swap(node, kubelet));
    findings.add(dashboards(kubelet));
    findings.add(logs(kubelet));
    return findings;
  }

  private static Finding endpoint(CheckedNode node, KubeletSettings kubelet) {
    String ours = "unix://" + node.config().socket();
    Optional<String> set = kubelet.value("container-runtime-endpoint", "containerRuntimeEndpoint");
    String remedy =
        "Set containerRuntimeEndpoint: %s in %s and restart it: systemctl restart kubelet"
            .formatted(ours, FILE);
    if (set.isEmpty()) {
      return Finding.warn(
          ENDPOINT,
          "not set in " + kubelet.from() + ": without a flag the kubelet asks containerd",
          remedy);
    }
    return Endpoints.path(set.get()).equals(node.config().socket())
        ? Finding.ok(ENDPOINT, set.get())
        : Finding.fail(ENDPOINT, set.get() + " is not jcri, in " + kubelet.from(), remedy);
  }

  private static Finding driver(CheckedNode node, KubeletSettings kubelet) {
    String name = "kubelet.cgroupDriver";
    String ours = node.facts().cgroups().driverName();
    Optional<String> set = kubelet.value("cgroup-driver", "cgroupDriver");
    return set.isEmpty() || set.get().equals(ours)
        ? Finding.ok(name, set.orElse("not set: it asks jcri, which says " + ours))
        : Finding.warn(
            name,
            set.get()
                + ", jcri's is "
                + ours
                + ": kubelets before 1.31 do not ask and run no pods then",
            "Set cgroupDriver: %s in %s, or cgroup_driver = \"%s\" in /etc/jcri/config.toml"
                .formatted(ours, FILE, set.get()));
  }

  /** By default the kubelet does not start on a node with swap. */
  private static Finding swap(CheckedNode node, KubeletSettings kubelet) throws IOException {
    List<String> areas = Swap.areas(node);
    boolean fails = !kubelet.value("fail-swap-on", "failSwapOn").orElse("true").equals("false");
    if (areas.isEmpty()) {
      return Finding.ok(SWAP, "there is none");
    }
    String seen = "is on: " + String.join(" ", areas);
    return fails
        ? Finding.fail(
            SWAP,
            seen + ", and failSwapOn is not false: the kubelet does not start",
            "Turn it off: swapoff -a, and remove it from /etc/fstab; or set failSwapOn: false in "
                + FILE)
        : Finding.ok(SWAP, seen + ", which the kubelet tolerates");
  }

  private static Finding swapAlone(CheckedNode node) throws IOException {
    List<String> areas = Swap.areas(node);
    return areas.isEmpty()
        ? Finding.ok(SWAP, "there is none")
        : Finding.warn(
            SWAP,
            "is on: " + String.join(" ", areas) + "; a kubelet does not start unless it is told to",
            "Turn it off: swapoff -a, and remove it from /etc/fstab; or set failSwapOn: false for"
                + " the kubelet.");
  }

  /** Without it cAdvisor knows neither pod nor container of a runtime that it has no code for. */
  private static Finding dashboards(KubeletSettings kubelet) {
    String name = "kubelet.stats";
    return kubelet.gate("PodAndContainerStatsFromCRI").orElse(false)
        ? Finding.ok(name, "are asked of jcri")
        : Finding.warn(
            name,
            "are not asked of jcri: metrics of /metrics/cadvisor lack pod and container names",
            "Set featureGates: {PodAndContainerStatsFromCRI: true} in "
                + FILE
                + " and restart the kubelet, for dashboards that go by them.");
  }

  private static Finding logs(KubeletSettings kubelet) {
    return Finding.ok(
        "kubelet.logs",
        "at most %s files of %s for each container"
            .formatted(
                kubelet.value("container-log-max-files", "containerLogMaxFiles").orElse("5"),
                kubelet.value("container-log-max-size", "containerLogMaxSize").orElse("10Mi")));
  }
}
