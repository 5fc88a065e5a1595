package io.jcri.oci.spec;

/**
 * The lowest version of the runtime specification that has everything a container's config.json
 * uses: older runtimes refuse newer versions, even when nothing new is in the file.
 */
enum SpecVersion {
  /** What every runc since 1.0 and every crun understands. */
  V1_0_2("1.0.2"),
  /** Cgroup v2's unified map, id-mapped mounts, umask, time namespaces, seccomp notify. */
  V1_1_0("1.1.0"),
  /** The {@code idmap} and {@code ridmap} mount options. */
  V1_2_0("1.2.0"),
  /** Network interfaces of the host, memory policies, and what is new of Intel RDT. */
  V1_3_0("1.3.0");

  private final String text;

  SpecVersion(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  static SpecVersion neededBy(ContainerSpec spec) {
    if (spec.memoryPolicy().isPresent()
        || !spec.netDevices().isEmpty()
        || spec.intelRdt()
            .filter(rdt -> !rdt.schemata().isEmpty() || rdt.enableMonitoring())
            .isPresent()) {
      return V1_3_0;
    }
    if (spec.mounts().stream()
        .anyMatch(m -> m.options().contains("idmap") || m.options().contains("ridmap"))) {
      return V1_2_0;
    }
    boolean newer =
        spec.mounts().stream().anyMatch(m -> !m.uidMappings().isEmpty())
            || !spec.resources().unified().isEmpty()
            || spec.process().user().umask().isPresent()
            || spec.process().scheduling().isPresent()
            || spec.namespaces().stream().anyMatch(n -> n.kind() == Namespace.Kind.TIME)
            || spec.seccomp().filter(SpecVersion::isNewer).isPresent();
    return newer ? V1_1_0 : V1_0_2;
  }

  private static boolean isNewer(SeccompProfile profile) {
    return profile.listenerPath().isPresent() || profile.defaultErrno().isPresent();
  }
}
