package io.jcri.oci.cdi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One specification file, by the names of its specification.
 *
 * @param kind {@code vendor/class}
 * @param edits what a container gets that has any of the devices
 */
record CdiSpec(
    String version,
    String kind,
    Map<String, String> annotations,
    List<Device> devices,
    Edits edits) {

  /** A device; annotations are the vendor's own and change nothing. */
  record Device(String name, Map<String, String> annotations, Edits edits) {}

  /** What is changed in a container. */
  record Edits(
      List<String> env,
      List<Node> deviceNodes,
      List<NetDevice> netDevices,
      List<Hook> hooks,
      List<Mount> mounts,
      Optional<Rdt> intelRdt,
      List<Long> additionalGids) {

    static final Edits NONE =
        new Edits(
            List.of(), List.of(), List.of(), List.of(), List.of(), Optional.empty(), List.of());

    boolean isEmpty() {
      return equals(NONE);
    }
  }

  /**
   * A device node.
   *
   * @param hostPath empty for the same as {@code path}
   * @param type b, c, u or p; empty for the host's
   * @param major 0, with {@code minor}, for the host's
   * @param permissions of r, w, m; empty for all, {@code none} for none
   */
  record Node(
      String path,
      String hostPath,
      String type,
      long major,
      long minor,
      Optional<Integer> fileMode,
      String permissions,
      Optional<Long> uid,
      Optional<Long> gid) {
    String onHost() {
      return hostPath.isEmpty() ? path : hostPath;
    }
  }

  /** A network interface of the host that moves into the container. */
  record NetDevice(String hostInterfaceName, String name) {}

  /** A command at a moment of the container's life. */
  record Hook(
      String hookName,
      String path,
      List<String> args,
      List<String> env,
      Optional<Integer> timeout) {}

  /** A mount; the type may be empty. */
  record Mount(String hostPath, String containerPath, List<String> options, String type) {}

  /** Cache and memory bandwidth. */
  record Rdt(
      String closId,
      String l3CacheSchema,
      String memBwSchema,
      List<String> schemata,
      boolean enableMonitoring) {}
}
