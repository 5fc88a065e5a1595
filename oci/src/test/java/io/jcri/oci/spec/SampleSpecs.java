package io.jcri.oci.spec;

import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.ContainerSpec.NetDevice;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Containers as the daemon describes them, for golden files and for real runs. */
public final class SampleSpecs {
  static final Set<Capability> EVERYTHING = Set.of(Capability.values());

  private SampleSpecs() {}

  /** As little as there can be. */
  static ContainerSpec minimal() {
    return ContainerSpec.builder(
            ContainerProcess.of(List.of("/bin/server")), new ContainerSpec.Root("rootfs", false))
        .build();
  }

  /** What a pod without wishes gets. */
  static ContainerSpec plain() {
    ContainerProcess process =
        ContainerProcess.of(List.of("/bin/server", "--port", "80")).toBuilder()
            .env(ProcessEnv.merge("web-0", false, List.of(), List.of("LANG=C"), List.of("PORT=80")))
            .cwd("/srv")
            .user(new ProcessUser(1000, 1000, Optional.empty(), List.of(1000L, 2000L)))
            .capabilities(CapabilitySet.resolve(CapabilitySet.Request.DEFAULT, EVERYTHING))
            .noNewPrivileges(true)
            .oomScoreAdj(985)
            .build();
    return ContainerSpec.builder(process, new ContainerSpec.Root("/var/lib/jcri/s/1/root", true))
        .mounts(DefaultMounts.compose(DefaultMounts.of(mounts().build()), List.of()))
        .namespaces(podNamespaces())
        .resources(LinuxResources.builder().devices(List.of(DeviceRule.DENY_ALL)).build())
        .cgroupsPath(Optional.of("/kubepods/pod1/c1"))
        .maskedPaths(MaskedPaths.MASKED)
        .readonlyPaths(MaskedPaths.READONLY)
        .annotations(Map.of("io.kubernetes.cri.container-type", "container", "a", "1"))
        .build();
  }

  static ContainerSpec privileged() {
    CapabilitySet.Request all = new CapabilitySet.Request(List.of(), List.of(), List.of(), true);
    ContainerSpec plain = plain();
    return plain.toBuilder()
        .process(
            plain.process().toBuilder()
                .capabilities(CapabilitySet.resolve(all, EVERYTHING))
                .noNewPrivileges(false)
                .terminal(true)
                .build())
        .root(new ContainerSpec.Root(plain.root().path(), false))
        .mounts(DefaultMounts.compose(DefaultMounts.of(mounts().privileged().build()), List.of()))
        .resources(
            LinuxResources.builder()
                .devices(List.of(DeviceRule.DENY_ALL, DeviceRule.ALLOW_ALL))
                .build())
        .devices(
            List.of(
                new DeviceNode(
                    "/dev/kvm",
                    "c",
                    10,
                    232,
                    Optional.of(0660),
                    Optional.of(0L),
                    Optional.of(104L))))
        .maskedPaths(List.of())
        .readonlyPaths(List.of())
        .rootfsPropagation(Optional.of("rshared"))
        .build();
  }

  static ContainerSpec userNamespace() {
    List<IdMapping> map = List.of(new IdMapping(0, 131072, 65536));
    ContainerSpec plain = plain();
    List<Namespace> namespaces = new ArrayList<>(plain.namespaces());
    namespaces.add(Namespace.join(Namespace.Kind.USER, "/run/jcri/pods/p1/user"));
    ContainerMount volume =
        ContainerMount.bind("/var/lib/volume", "/data", false).withIdMappings(map, map);
    return plain.toBuilder()
        .namespaces(namespaces)
        .idMappings(map, map)
        .mounts(DefaultMounts.compose(plain.mounts(), List.of(volume)))
        .build();
  }

  static ContainerSpec seccomp() {
    SeccompProfile profile =
        new SeccompProfile(
            "SCMP_ACT_ERRNO",
            Optional.of(1),
            List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
            List.of("SECCOMP_FILTER_FLAG_LOG"),
            Optional.empty(),
            Optional.empty(),
            List.of(
                new SeccompProfile.Rule(
                    List.of("read", "write"), "SCMP_ACT_ALLOW", Optional.empty(), List.of()),
                new SeccompProfile.Rule(
                    List.of("clone3"), "SCMP_ACT_ERRNO", Optional.of(38), List.of()),
                new SeccompProfile.Rule(
                    List.of("socket"),
                    "SCMP_ACT_ALLOW",
                    Optional.empty(),
                    List.of(
                        new SeccompProfile.Argument(
                            0,
                            new BigInteger("18446744073709551615"),
                            BigInteger.TWO,
                            "SCMP_CMP_MASKED_EQ")))));
    return plain().toBuilder().seccomp(Optional.of(profile)).build();
  }

  static ContainerSpec resources(CgroupSupport support) {
    LinuxResources.Builder asked =
        LinuxResources.builder()
            .cpuShares(512)
            .cpuQuota(50_000)
            .cpuPeriod(100_000)
            .cpus("0-1")
            .mems("0")
            .memoryLimit(256 << 20)
            .pidsLimit(100)
            .hugepages(List.of(new LinuxResources.HugepageLimit("2MB", 0)))
            .devices(List.of(DeviceRule.DENY_ALL));
    if (support.v2()) {
      asked.unified(Map.of("memory.high", "200000000", "memory.min", "1048576"));
    }
    return plain().toBuilder().resources(support.fit(asked.build())).build();
  }

  public static ContainerSpec devices() {
    DeviceNode node =
        new DeviceNode(
            "/dev/fuse", "c", 10, 229, Optional.of(0666), Optional.of(0L), Optional.of(0L));
    ContainerSpec plain = plain();
    return plain.toBuilder()
        .devices(List.of(node))
        .resources(
            LinuxResources.builder()
                .devices(List.of(DeviceRule.DENY_ALL, DeviceRule.allow(node, "rw")))
                .build())
        .process(
            plain.process().toBuilder()
                .rlimits(List.of(new Rlimit("RLIMIT_NOFILE", -1, 1024)))
                .apparmorProfile("jcri-default")
                .selinuxLabel("system_u:system_r:container_t:s0:c1,c2")
                .build())
        .mountLabel(Optional.of("system_u:object_r:container_file_t:s0:c1,c2"))
        .hooks(
            new Hooks(
                List.of(),
                List.of(
                    new Hooks.Hook(
                        "/usr/bin/nvidia-ctk",
                        List.of("nvidia-ctk", "hook"),
                        List.of("A=b"),
                        Optional.of(5))),
                List.of(),
                List.of(),
                List.of(),
                List.of()))
        .build();
  }

  /** What only version 1.3 of the specification has. */
  static ContainerSpec newest() {
    return plain().toBuilder()
        .intelRdt(Optional.of(new IntelRdt("gold", "L3:0=f", "MB:0=50", List.of("L2:0=1"), true)))
        .netDevices(Map.of("eth2", new NetDevice("slow"), "eth1", new NetDevice("fast")))
        .build();
  }

  static ContainerSpec hostNetwork() {
    ContainerSpec plain = plain();
    return plain.toBuilder()
        .namespaces(
            plain.namespaces().stream()
                .filter(namespace -> namespace.kind() != Namespace.Kind.NETWORK)
                .toList())
        .sysctls(Map.of("kernel.shm_rmid_forced", "1"))
        .mounts(
            DefaultMounts.compose(
                DefaultMounts.of(mounts().hostNetwork().build()),
                List.of(ContainerMount.bind("/var/log", "/host/var/log", true))))
        .build();
  }

  private static List<Namespace> podNamespaces() {
    return List.of(
        Namespace.fresh(Namespace.Kind.PID),
        Namespace.join(Namespace.Kind.NETWORK, "/run/jcri/pods/p1/net"),
        Namespace.join(Namespace.Kind.IPC, "/run/jcri/pods/p1/ipc"),
        Namespace.join(Namespace.Kind.UTS, "/run/jcri/pods/p1/uts"),
        Namespace.fresh(Namespace.Kind.MOUNT),
        Namespace.fresh(Namespace.Kind.CGROUP));
  }

  static MountWishes mounts() {
    return new MountWishes();
  }

  /** Names the flags of a request that a sample sets. */
  static final class MountWishes {
    private boolean privileged;
    private boolean hostNetwork;
    private boolean hostIpc;
    private boolean userNamespace;
    private boolean readonlyRoot = true;

    MountWishes privileged() {
      privileged = true;
      readonlyRoot = false;
      return this;
    }

    MountWishes hostNetwork() {
      hostNetwork = true;
      return this;
    }

    MountWishes hostIpc() {
      hostIpc = true;
      return this;
    }

    MountWishes userNamespace() {
      userNamespace = true;
      return this;
    }

    DefaultMounts.Request build() {
      Path pod = Path.of("/run/jcri/pods/p1");
      return new DefaultMounts.Request(
          privileged,
          hostNetwork,
          hostIpc,
          userNamespace,
          readonlyRoot,
          hostIpc ? Optional.empty() : Optional.of(pod.resolve("shm")),
          Optional.of(pod.resolve("hostname")),
          Optional.of(pod.resolve("hosts")),
          Optional.of(pod.resolve("resolv.conf")));
    }
  }
}
