package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.runtime.KernelVersion;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeNeedsTest {
  @TempDir Path root;
  private final NodeFacts node = MadeUpNode.with(CgroupDriver.CGROUPFS);

  @BeforeEach
  void complete() throws IOException {
    Path program = root.resolve("runtime");
    Files.writeString(program, "#!/bin/sh\necho 'runc version 1.4.0'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(root.resolve("net.d"));
    Files.writeString(root.resolve("net.d/10-pods.conflist"), "{}");
    Files.createDirectory(root.resolve("plugins"));
  }

  private List<String> missing(NodeFacts of) throws IOException {
    DaemonConfig config =
        ConfigFile.parse(
            """
            [handlers.runc]
            binary = "ROOT/runtime"
            [network]
            configurations = "ROOT/net.d"
            plugins = ["ROOT/plugins"]
            """
                .replace("ROOT", root.toString()),
            "test");
    Handlers handlers = Handlers.find(config, new Layout(root, root), of, root);
    return NodeNeeds.missing(of, handlers, config.network());
  }

  @Test
  void nothingIsMissingOnACompleteNode() throws IOException {
    assertThat(missing(node)).isEmpty();
  }

  @Test
  void eachThingThatIsMissingIsNamed() throws IOException {
    Files.delete(root.resolve("runtime"));
    Files.delete(root.resolve("net.d/10-pods.conflist"));
    Files.delete(root.resolve("plugins"));
    assertThat(missing(MadeUpNode.with(CgroupDriver.CGROUPFS, new KernelVersion(5, 4))))
        .satisfiesExactly(
            kernel -> assertThat(kernel).isEqualTo("the kernel is 5.4, and mounts need 5.12"),
            runtime -> assertThat(runtime).contains(root.resolve("runtime") + " is not installed"),
            network -> assertThat(network).contains("no CNI configuration in " + root),
            plugins -> assertThat(plugins).contains("no CNI plugins in any of"));
    Files.delete(root.resolve("net.d"));
    assertThat(missing(node)).hasSize(3);
  }

  @Test
  void factsAreLines() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("cgroups", Map.of("layout", "v2"));
    tree.put("swap", true);
    tree.put("sizes", List.of("2MB", "1GB"));
    tree.put("none", List.of());
    assertThat(FactLines.of(tree))
        .containsExactly("cgroups.layout: v2", "swap: yes", "sizes: 2MB 1GB", "none: none");
  }
}
