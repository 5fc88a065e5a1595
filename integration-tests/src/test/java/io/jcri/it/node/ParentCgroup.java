package io.jcri.it.node;

import io.jcri.cri.v1.CgroupDriver;
import io.jcri.cri.v1.RuntimeConfigRequest;
import io.jcri.it.kit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cgroup for a pod, by the name that the kubelet would give the runtime; whoever runs the first
 * container in it makes it. It is taken away when it is closed, after the pod's removal.
 *
 * @param path a path, or with systemd that of a slice
 */
public record ParentCgroup(String path, CgroupDriver driver) implements AutoCloseable {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** One that nobody else has. */
  public static ParentCgroup of(TestNode node) {
    // A hyphen would be a level of slices.
    String name =
        "jctparent%dn%d".formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet());
    CgroupDriver driver = driver(node);
    return new ParentCgroup("/" + name + (driver == CgroupDriver.SYSTEMD ? ".slice" : ""), driver);
  }

  /** Who makes cgroups on this node, as the runtime tells the kubelet. */
  public static CgroupDriver driver(TestNode node) {
    return node.cri()
        .runtime()
        .runtimeConfig(RuntimeConfigRequest.getDefaultInstance())
        .getLinux()
        .getCgroupDriver();
  }

  @Override
  public void close() throws IOException {
    if (driver == CgroupDriver.SYSTEMD) {
      Command.Result _ = Command.of("systemctl", "stop", path.substring(1)).run().orThrow();
      return;
    }
    try (var hierarchies = Files.list(CGROUPS)) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Files.deleteIfExists(hierarchy.resolve(path.substring(1)));
      }
    }
    Files.deleteIfExists(CGROUPS.resolve(path.substring(1)));
  }
}
