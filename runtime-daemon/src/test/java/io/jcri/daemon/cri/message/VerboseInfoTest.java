package io.jcri.daemon.cri.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.Json;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.manifest.Platform;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.linux.ProcessId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerboseInfoTest {
  private static final Path HERE = Path.of("/nowhere");

  private static Map<String, @Nullable Object> tree(Map<String, String> info) {
    return Json.parseTree(
        Objects.requireNonNull(info.get("info")).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theCgroupDriverIsTheOneInUse() {
    DaemonConfig config = DaemonConfig.defaults();
    assertThat(config.cgroupDriver()).isEqualTo("auto");
    for (CgroupDriver driver : CgroupDriver.values()) {
      NodeFacts node = MadeUpNode.with(driver);
      Layout layout = new Layout(HERE, HERE);
      Handlers handlers = Handlers.find(config, layout, node, HERE);
      Map<String, @Nullable Object> info =
          tree(new VerboseInfo(layout, () -> config, node).ofDaemon(true, handlers));
      String name = driver == CgroupDriver.SYSTEMD ? "systemd" : "cgroupfs";
      assertThat(info.get("cgroupDriver")).isEqualTo(name);
      assertThat(info)
          .extractingByKey("node")
          .extracting("cgroups")
          .extracting("driver", "layout")
          .containsExactly(name, "v1");
    }
  }

  @Test
  void anImagesConfigHasItsOwnNames() {
    ImageConfig config =
        Samples.record(
            ImageConfig.class,
            Map.of(
                "volumes",
                new TreeSet<>(Set.of("/data", "/cache")),
                "exposedPorts",
                Set.of("80/tcp")));
    Image image =
        Samples.record(
            Image.class,
            Map.of("platform", new Platform("linux", "arm64", Optional.empty(), Optional.empty())));
    Map<String, @Nullable Object> info =
        tree(VerboseInfo.ofImage(image, config, Map.of("maintainer", "somebody")));
    assertThat(info).extractingByKey("imageSpec").extracting("architecture").isEqualTo("arm64");
    assertThat(info)
        .extractingByKey("imageSpec")
        .extracting("config")
        .extracting("Volumes", "ExposedPorts", "Labels")
        .containsExactly(
            Map.of("/cache", Map.of(), "/data", Map.of()),
            Map.of("80/tcp", Map.of()),
            Map.of("maintainer", "somebody"));
  }

  @Test
  void aPodsNamespacesAreWhereToolsLookForThem() {
    SandboxState sandbox =
        new SandboxState(
            "pod1",
            HERE,
            Optional.of(HERE.resolve("ns/net")),
            Optional.of(HERE.resolve("ns/ipc")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new ProcessId(4711, 5),
            Optional.empty());
    Pod pod = Samples.record(Pod.class, Map.of("id", "pod1", "sandbox", Optional.of(sandbox)));
    assertThat(tree(VerboseInfo.ofPod(pod)))
        .containsEntry("netNamespaceClosed", true)
        .hasEntrySatisfying("pid", pid -> assertThat(pid).hasToString("4711"))
        .extractingByKey("runtimeSpec")
        .extracting("linux")
        .extracting("namespaces")
        .isEqualTo(
            List.of(
                Map.of("type", "network", "path", "/nowhere/ns/net"),
                Map.of("type", "ipc", "path", "/nowhere/ns/ipc")));
  }
}
