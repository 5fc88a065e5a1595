package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.Field;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainer;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.LinuxDevice;
import io.jcri.nri.v1alpha1.NriApi.LinuxNamespace;
import io.jcri.nri.v1alpha1.NriApi.LinuxNetDevice;
import io.jcri.nri.v1alpha1.NriApi.LinuxRdt;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one plugin makes of the part of a container that only Linux has. Not thread-safe. */
final class LinuxMerge {
  private final Claims claims;
  private final LinuxContainer.Builder seen;
  private final LinuxContainerAdjustment.Builder collected;

  /**
   * Nothing merged yet.
   *
   * @param seen the container as the next plugin is to see it
   * @param collected all that plugins want
   */
  LinuxMerge(
      Claims claims, LinuxContainer.Builder seen, LinuxContainerAdjustment.Builder collected) {
    this.claims = claims;
    this.seen = seen;
    this.collected = collected;
  }

  /**
   * Takes what the plugin wants.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set the same
   */
  void merge(LinuxContainerAdjustment wanted) {
    devices(wanted);
    namespaces(wanted);
    MapMerge.merge(
        claims,
        Field.Sysctl,
        wanted.getSysctlMap(),
        new MapMerge.Target(seen::putSysctl, seen::removeSysctl),
        new MapMerge.Target(collected::putSysctl, collected::removeSysctl));
    netDevices(wanted);
    if (wanted.hasResources()) {
      new ResourceMerge(claims).claim(wanted.getResources());
      ResourceMerge.overlay(seen.getResourcesBuilder(), wanted.getResources());
      ResourceMerge.overlay(collected.getResourcesBuilder(), wanted.getResources());
    }
    singles(wanted);
    if (wanted.hasRdt()) {
      rdt(wanted.getRdt());
    }
  }

  private void devices(LinuxContainerAdjustment wanted) {
    ListMerge.Merged<LinuxDevice> merged =
        new ListMerge<LinuxDevice>(
                claims,
                Field.Devices,
                LinuxDevice::getPath,
                key -> LinuxDevice.newBuilder().setPath(key).build())
            .merge(wanted.getDevicesList(), seen.getDevicesList(), collected.getDevicesList());
    seen.clearDevices().addAllDevices(merged.seen());
    collected.clearDevices().addAllDevices(merged.collected());
  }

  private void namespaces(LinuxContainerAdjustment wanted) {
    ListMerge.Merged<LinuxNamespace> merged =
        new ListMerge<LinuxNamespace>(
                claims,
                Field.Namespace,
                LinuxNamespace::getType,
                key -> LinuxNamespace.newBuilder().setType(key).build())
            .merge(
                wanted.getNamespacesList(),
                seen.getNamespacesList(),
                collected.getNamespacesList());
    seen.clearNamespaces().addAllNamespaces(merged.seen());
    collected.clearNamespaces().addAllNamespaces(merged.collected());
  }

  private void netDevices(LinuxContainerAdjustment wanted) {
    Map<String, String> names = new LinkedHashMap<>();
    wanted.getNetDevicesMap().forEach((host, device) -> names.put(host, device.getName()));
    MapMerge.merge(
        claims,
        Field.LinuxNetDevices,
        names,
        new MapMerge.Target(
            (host, name) -> seen.putNetDevices(host, netDevice(name)), seen::removeNetDevices),
        new MapMerge.Target(
            (host, name) -> collected.putNetDevices(host, netDevice(name)),
            collected::removeNetDevices));
  }

  private static LinuxNetDevice netDevice(String name) {
    return LinuxNetDevice.newBuilder().setName(name).build();
  }

  private void singles(LinuxContainerAdjustment wanted) {
    if (!wanted.getCgroupsPath().isEmpty()) {
      claims.claim(Field.CgroupsPath);
      seen.setCgroupsPath(wanted.getCgroupsPath());
      collected.setCgroupsPath(wanted.getCgroupsPath());
    }
    if (wanted.hasOomScoreAdj()) {
      claims.claim(Field.OomScoreAdj);
      seen.setOomScoreAdj(wanted.getOomScoreAdj());
      collected.setOomScoreAdj(wanted.getOomScoreAdj());
    }
    if (wanted.hasIoPriority()) {
      claims.claim(Field.IoPriority);
      seen.setIoPriority(wanted.getIoPriority());
      collected.setIoPriority(wanted.getIoPriority());
    }
    if (wanted.hasSeccompPolicy()) {
      claims.claim(Field.SeccompPolicy);
      seen.setSeccompPolicy(wanted.getSeccompPolicy());
      collected.setSeccompPolicy(wanted.getSeccompPolicy());
    }
    if (wanted.hasScheduler()) {
      claims.claim(Field.LinuxSched);
      seen.setScheduler(wanted.getScheduler());
      collected.setScheduler(wanted.getScheduler());
    }
    if (wanted.hasMemoryPolicy()) {
      // NRI has no place for it in a container, so the next plugin can't see it.
      claims.claim(Field.MemoryPolicy);
      collected.setMemoryPolicy(wanted.getMemoryPolicy());
    }
  }

  private void rdt(LinuxRdt wanted) {
    if (wanted.getRemove()) {
      claims.clear(Field.RdtClosID);
      claims.clear(Field.RdtSchemata);
      claims.clear(Field.RdtEnableMonitoring);
      seen.clearRdt();
      collected.setRdt(LinuxRdt.newBuilder().setRemove(true));
    }
    if (wanted.hasClosId()) {
      claims.claim(Field.RdtClosID);
    }
    if (wanted.hasSchemata()) {
      claims.claim(Field.RdtSchemata);
    }
    if (wanted.hasEnableMonitoring()) {
      claims.claim(Field.RdtEnableMonitoring);
    }
    LinuxRdt set = wanted.toBuilder().clearRemove().build();
    if (!set.equals(LinuxRdt.getDefaultInstance())) {
      ResourceMerge.set(seen.getRdtBuilder(), set);
      ResourceMerge.set(collected.getRdtBuilder(), set);
    }
  }
}
