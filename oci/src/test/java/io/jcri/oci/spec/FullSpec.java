package io.jcri.oci.spec;

import io.jcri.oci.spec.ContainerSpec.NetDevice;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A container with something in each place of config.json; kept by hand. */
final class FullSpec {
  private FullSpec() {}

  static ContainerSpec spec() {
    List<IdMapping> map = List.of(new IdMapping(0, 4_000_000_000L, 65536));
    ContainerSpec plain = SampleSpecs.plain();
    List<Namespace.Kind> kinds = List.of(Namespace.Kind.values());
    return plain.toBuilder()
        .process(process())
        .hostname(Optional.of("web-0"))
        .mounts(
            List.of(
                ContainerMount.of("/proc", "proc", "proc"),
                ContainerMount.bind("/a", "/b", true).withIdMappings(map, map)))
        .namespaces(
            IntStream.range(0, kinds.size())
                .mapToObj(i -> namespace(kinds.get(i), "/run/" + i))
                .toList())
        .idMappings(map, map)
        .resources(resources())
        .sysctls(Map.of("net.core.somaxconn", "9", "kernel.shm_rmid_forced", "1"))
        .devices(
            List.of(
                new DeviceNode(
                    "/dev/a", "c", 1, 3, Optional.empty(), Optional.empty(), Optional.empty()),
                new DeviceNode(
                    "/dev/b",
                    "b",
                    259,
                    0,
                    Optional.of(0600),
                    Optional.of(4_000_000_000L),
                    Optional.of(0L))))
        .seccomp(Optional.of(seccomp()))
        .rootfsPropagation(Optional.of("rslave"))
        .mountLabel(Optional.of("system_u:object_r:container_file_t:s0:c1,c2"))
        .hooks(
            new Hooks(
                List.of(hook("prestart")),
                List.of(
                    hook("createRuntime"),
                    new Hooks.Hook("/bin/true", List.of(), List.of(), Optional.empty())),
                List.of(hook("createContainer")),
                List.of(hook("startContainer")),
                List.of(hook("poststart")),
                List.of(hook("poststop"))))
        .intelRdt(Optional.of(new IntelRdt("gold", "L3:0=f", "MB:0=50", List.of("L2:0=1"), true)))
        .netDevices(Map.of("eth2", new NetDevice(""), "eth1", new NetDevice("fast")))
        .memoryPolicy(
            Optional.of(new MemoryPolicy("MPOL_BIND", "0-1", List.of("MPOL_F_STATIC_NODES"))))
        .build();
  }

  private static Namespace namespace(Namespace.Kind kind, String path) {
    return kind == Namespace.Kind.PID ? Namespace.fresh(kind) : Namespace.join(kind, path);
  }

  private static ContainerProcess process() {
    CapabilitySet.Request ambient =
        new CapabilitySet.Request(
            List.of("SYS_NICE"), List.of("CHOWN"), List.of("NET_BIND_SERVICE"), false);
    return SampleSpecs.plain().process().toBuilder()
        .terminal(true)
        .user(new ProcessUser(4_000_000_000L, 7, Optional.of(077), List.of(7L, 4_000_000_000L)))
        .capabilities(CapabilitySet.resolve(ambient, SampleSpecs.EVERYTHING))
        .rlimits(List.of(new Rlimit("RLIMIT_NOFILE", -1, 1024), new Rlimit("RLIMIT_CORE", 4096, 0)))
        .apparmorProfile("jcri-default")
        .selinuxLabel("system_u:system_r:container_t:s0:c1,c2")
        .oomScoreAdj(-5)
        .scheduling(
            new Scheduling(
                Optional.of(
                    new Scheduling.Cpu(
                        "SCHED_DEADLINE",
                        -5,
                        3,
                        List.of("SCHED_FLAG_RESET_ON_FORK"),
                        1000,
                        2000,
                        3000)),
                Optional.of(new Scheduling.Io("IOPRIO_CLASS_BE", 0))))
        .build();
  }

  private static LinuxResources resources() {
    return LinuxResources.builder()
        .cpuShares(512)
        .cpuQuota(-1)
        .cpuPeriod(100_000)
        .cpus("0-1")
        .mems("0")
        .memoryLimit(256 << 20)
        .memorySwap(-1)
        .pidsLimit(100)
        .hugepages(
            List.of(
                new LinuxResources.HugepageLimit("2MB", 0),
                new LinuxResources.HugepageLimit("1GB", 1 << 30)))
        .unified(Map.of("memory.high", "200000000", "memory.min", "1048576"))
        .devices(
            List.of(
                DeviceRule.DENY_ALL,
                new DeviceRule(true, "c", Optional.of(1L), Optional.of(3L), "rw")))
        .memoryReservation(Optional.of(64L << 20))
        .swappiness(Optional.of(0L))
        .disableOomKiller(Optional.of(false))
        .realtimeRuntime(Optional.of(950_000L))
        .realtimePeriod(Optional.of(1_000_000L))
        .build();
  }

  private static SeccompProfile seccomp() {
    return new SeccompProfile(
        "SCMP_ACT_ERRNO",
        Optional.of(38),
        List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
        List.of("SECCOMP_FILTER_FLAG_LOG"),
        Optional.of("/run/agent.sock"),
        Optional.of("<\"more\" & 'less'>"),
        List.of(
            new SeccompProfile.Rule(
                List.of("read", "write"), "SCMP_ACT_ALLOW", Optional.empty(), List.of()),
            new SeccompProfile.Rule(
                List.of("socket"),
                "SCMP_ACT_ERRNO",
                Optional.of(0),
                List.of(
                    new SeccompProfile.Argument(0, BigInteger.ZERO, BigInteger.ZERO, "SCMP_CMP_EQ"),
                    new SeccompProfile.Argument(
                        5,
                        new BigInteger("18446744073709551615"),
                        BigInteger.TWO,
                        "SCMP_CMP_MASKED_EQ")))));
  }

  private static Hooks.Hook hook(String name) {
    return new Hooks.Hook("/bin/" + name, List.of(name, "x"), List.of("A=b"), Optional.of(5));
  }
}
