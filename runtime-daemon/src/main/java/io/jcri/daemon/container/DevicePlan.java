package io.jcri.daemon.container;

import io.jcri.oci.runtime.HostDevices;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The device nodes and device cgroup rules of a container. A privileged one has all of the host's
 * devices, and those that it asks for where it wants them.
 *
 * @param nodes to be made in the container's /dev
 * @param rules in order, from "deny all"
 */
record DevicePlan(List<DeviceNode> nodes, List<DeviceRule> rules) {
  private static final Path DEV = Path.of("/dev");
  private static final String FULL_ACCESS = "rwm";

  static DevicePlan of(List<ContainerDevice> devices, boolean privileged) {
    Map<String, DeviceNode> nodes = new LinkedHashMap<>();
    List<DeviceRule> rules = new ArrayList<>();
    if (privileged) {
      HostDevices.all(DEV).forEach(node -> nodes.put(node.path(), node));
      rules.add(DeviceRule.ALLOW_ALL);
    } else {
      rules.add(DeviceRule.DENY_ALL);
    }
    for (ContainerDevice device : devices) {
      String access = device.permissions().isEmpty() ? FULL_ACCESS : device.permissions();
      for (DeviceNode node : HostDevices.at(Path.of(device.hostPath()), device.containerPath())) {
        nodes.put(node.path(), node);
        if (!privileged) {
          rules.add(DeviceRule.allow(node, access));
        }
      }
    }
    return new DevicePlan(List.copyOf(nodes.values()), List.copyOf(rules));
  }
}
