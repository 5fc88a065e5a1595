package io.jcri.daemon.container;

import io.jcri.oci.runtime.DeviceNode;
import io.jcri.oci.runtime.DeviceRule;
import io.jcri.oci.runtime.HostDevices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The device nodes and device cgroup rules of a container. A privileged one has all of the host's
 * devices.
 *
 * @param nodes to be made in the container's /dev
 * @param rules in order, from "deny all"
 */
record DevicePlan(List<DeviceNode> nodes, List<DeviceRule> rules) {
  private static final Path DEV = Path.of("/dev");
  private static final String FULL_ACCESS = "rwm";

  static DevicePlan of(List<ContainerDevice> devices, boolean privileged) {
    if (privileged) {
      return new DevicePlan(HostDevices.all(DEV), List.of(DeviceRule.ALLOW_ALL));
    }
    List<DeviceNode> nodes = new ArrayList<>();
    List<DeviceRule> rules = new ArrayList<>();
    rules.add(DeviceRule.DENY_ALL);
    for (ContainerDevice device : devices) {
      String access = device.permissions().isEmpty() ? FULL_ACCESS : device.permissions();
      for (DeviceNode node : HostDevices.at(Path.of(device.hostPath()), device.containerPath())) {
        nodes.add(node);
        rules.add(DeviceRule.allow(node, access));
      }
    }
    return new DevicePlan(List.copyOf(nodes), List.copyOf(rules));
  }
}
