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

  /** What is asked of the node while devices are planned; nothing is changed there. */
  interface Node {
    /** This one. */
    Node HERE =
        new Node() {
          @Override
          public List<DeviceNode> all() {
            return HostDevices.all(DEV);
          }

          @Override
          public List<DeviceNode> at(Path hostPath, String containerPath) {
            return HostDevices.at(hostPath, containerPath);
          }
        };

    /** All its devices. */
    List<DeviceNode> all();

    /** As {@link HostDevices#at}. */
    List<DeviceNode> at(Path hostPath, String containerPath);
  }

  static DevicePlan of(List<ContainerDevice> devices, boolean privileged, Node node) {
    Map<String, DeviceNode> nodes = new LinkedHashMap<>();
    List<DeviceRule> rules = new ArrayList<>();
    if (privileged) {
      node.all().forEach(device -> nodes.put(device.path(), device));
      rules.add(DeviceRule.ALLOW_ALL);
    } else {
      rules.add(DeviceRule.DENY_ALL);
    }
    for (ContainerDevice device : devices) {
      String access = device.permissions().isEmpty() ? FULL_ACCESS : device.permissions();
      for (DeviceNode found : node.at(Path.of(device.hostPath()), device.containerPath())) {
        nodes.put(found.path(), found);
        if (!privileged) {
          rules.add(DeviceRule.allow(found, access));
        }
      }
    }
    return new DevicePlan(List.copyOf(nodes.values()), List.copyOf(rules));
  }
}
