package io.jcri.daemon.container;

import io.jcri.daemon.JcriException;
import io.jcri.oci.runtime.DeviceNode;
import io.jcri.oci.runtime.DeviceRule;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The device nodes and device cgroup rules of a container. A privileged one sees all of the host's
 * devices except terminals.
 *
 * @param nodes to be made in the container's /dev
 * @param rules in order, from "deny all"
 */
record DevicePlan(List<DeviceNode> nodes, List<DeviceRule> rules) {
  private static final Path DEV = Path.of("/dev");

  /** The runtime makes these itself, or they are file systems and terminals of the host's own. */
  private static final Set<String> NOT_FROM_HOST =
      Set.of("pts", "shm", "fd", "mqueue", "console", "ptmx", "core", ".lxc", "hugepages");

  static DevicePlan of(List<ContainerDevice> devices, boolean privileged) throws IOException {
    List<DeviceNode> nodes = new ArrayList<>();
    List<DeviceRule> rules = new ArrayList<>();
    if (privileged) {
      rules.add(DeviceRule.ALLOW_ALL);
      addTree(DEV, DEV, "rwm", nodes, rules);
    } else {
      rules.add(DeviceRule.DENY_ALL);
      for (ContainerDevice device : devices) {
        addAsked(device, nodes, rules);
      }
    }
    return new DevicePlan(List.copyOf(nodes), List.copyOf(rules));
  }

  private static void addAsked(
      ContainerDevice device, List<DeviceNode> nodes, List<DeviceRule> rules) throws IOException {
    Path host = Path.of(device.hostPath());
    if (!Files.exists(host)) {
      throw JcriException.invalid("config.devices: " + host + " does not exist on this node");
    }
    host = host.toRealPath();
    Path inside = Path.of(device.containerPath());
    String access = device.permissions().isEmpty() ? "rwm" : device.permissions();
    if (Files.isDirectory(host)) {
      addTree(host, inside, access, nodes, rules);
    } else if (!add(host, inside, access, nodes, rules)) {
      throw JcriException.invalid("config.devices: " + host + " is no device");
    }
  }

  private static void addTree(
      Path host, Path inside, String access, List<DeviceNode> nodes, List<DeviceRule> rules)
      throws IOException {
    List<Path> children;
    try (Stream<Path> listing = Files.list(host)) {
      children = listing.sorted().toList();
    }
    for (Path child : children) {
      String name = String.valueOf(child.getFileName());
      if (Files.isSymbolicLink(child)
          || (host.equals(DEV) && (NOT_FROM_HOST.contains(name) || name.startsWith("tty")))) {
        continue;
      }
      if (Files.isDirectory(child)) {
        addTree(child, inside.resolve(name), access, nodes, rules);
      } else {
        add(child, inside.resolve(name), access, nodes, rules);
      }
    }
  }

  private static boolean add(
      Path host, Path inside, String access, List<DeviceNode> nodes, List<DeviceRule> rules)
      throws IOException {
    FileStat stat;
    try (Fd file = Linux.get().open(host.toString(), OpenFlags.PATH, 0)) {
      stat = Linux.get().fstat(file);
    }
    boolean character = stat.type() == FileStat.CHARACTER_DEVICE;
    if (!character && stat.type() != FileStat.BLOCK_DEVICE) {
      return false;
    }
    DeviceNode node =
        new DeviceNode(
            inside.toString(),
            character ? "c" : "b",
            stat.rdevMajor(),
            stat.rdevMinor(),
            Optional.of(stat.permissions()),
            Optional.of(stat.uid()),
            Optional.of(stat.gid()));
    nodes.add(node);
    rules.add(DeviceRule.allow(node, access));
    return true;
  }
}
