package io.jcri.daemon.cri;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.Layout;
import io.jcri.daemon.Samples;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.Json;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.linux.ProcessId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
      assertThat(
              tree(new VerboseInfo(new Layout(HERE, HERE), config, driver).ofDaemon(true))
                  .get("cgroupDriver"))
          .isEqualTo(driver == CgroupDriver.SYSTEMD ? "systemd" : "cgroupfs");
    }
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
