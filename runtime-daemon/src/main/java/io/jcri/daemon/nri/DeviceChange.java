package io.jcri.daemon.nri;

import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.LinuxDevice;
import io.jcri.nri.v1alpha1.NriApi.LinuxDeviceCgroup;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A container's devices after plugins have had their say: every node comes with its rule. */
record DeviceChange(List<DeviceNode> nodes, List<DeviceRule> rules) {
  private static final String FULL_ACCESS = "rwm";

  static DeviceChange of(
      List<DeviceNode> nodes, List<DeviceRule> rules, LinuxContainerAdjustment wanted) {
    Set<String> touched =
        wanted.getDevicesList().stream()
            .map(device -> RemovalMarks.key(device.getPath()))
            .collect(Collectors.toSet());
    List<DeviceNode> allNodes =
        new ArrayList<>(nodes.stream().filter(node -> !touched.contains(node.path())).toList());
    List<DeviceRule> allRules = new ArrayList<>(rules);
    nodes.stream()
        .filter(node -> touched.contains(node.path()))
        .forEach(node -> allRules.removeIf(rule -> allows(rule, node)));
    for (LinuxDevice device : wanted.getDevicesList()) {
      if (!RemovalMarks.removes(device.getPath())) {
        DeviceNode node = node(device);
        allNodes.add(node);
        allRules.add(DeviceRule.allow(node, FULL_ACCESS));
      }
    }
    wanted.getResources().getDevicesList().forEach(rule -> allRules.add(rule(rule)));
    return new DeviceChange(List.copyOf(allNodes), List.copyOf(allRules));
  }

  private static boolean allows(DeviceRule rule, DeviceNode node) {
    return rule.allow()
        && rule.type().equals(node.type())
        && rule.major().equals(Optional.of(node.major()))
        && rule.minor().equals(Optional.of(node.minor()));
  }

  private static DeviceNode node(LinuxDevice device) {
    return new DeviceNode(
        device.getPath(),
        device.getType(),
        device.getMajor(),
        device.getMinor(),
        device.hasFileMode() ? Optional.of(device.getFileMode().getValue()) : Optional.empty(),
        device.hasUid()
            ? Optional.of(Integer.toUnsignedLong(device.getUid().getValue()))
            : Optional.empty(),
        device.hasGid()
            ? Optional.of(Integer.toUnsignedLong(device.getGid().getValue()))
            : Optional.empty());
  }

  private static DeviceRule rule(LinuxDeviceCgroup rule) {
    return new DeviceRule(
        rule.getAllow(),
        rule.getType().isEmpty() ? "a" : rule.getType(),
        rule.hasMajor() ? Optional.of(rule.getMajor().getValue()) : Optional.empty(),
        rule.hasMinor() ? Optional.of(rule.getMinor().getValue()) : Optional.empty(),
        rule.getAccess().isEmpty() ? FULL_ACCESS : rule.getAccess());
  }
}
