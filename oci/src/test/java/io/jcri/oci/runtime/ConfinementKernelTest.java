package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.IdMapping;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.MaskedPaths;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.ProcessUser;
import io.jcri.oci.spec.SeccompProfile;
import io.jcri.oci.user.OpenatRootfsFiles;
import io.jcri.oci.user.UserRequest;
import io.jcri.oci.user.UserResolver;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process sees and may do inside, when real runc runs the config.json. */
class ConfinementKernelTest {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  private final SeccompProfiles profiles = new SeccompProfiles();
  private BusyboxBundles bundles;

  @BeforeEach
  void makeRootfs() throws IOException {
    bundles = new BusyboxBundles();
  }

  @AfterEach
  void removeIt() throws IOException {
    bundles.close();
  }

  @Test
  void runsAsTheResolvedUserWithItsGroups() throws IOException {
    UserRequest request =
        new UserRequest(
            Optional.empty(),
            Optional.of("web"),
            Optional.empty(),
            List.of(3000L),
            UserRequest.GroupPolicy.MERGE,
            "");
    ProcessUser user =
        new UserResolver(new OpenatRootfsFiles(Linux.get())).resolve(bundles.rootfs(), request);
    ContainerSpec spec = bundles.spec("cat /proc/self/status");
    Map<String, String> status =
        status(
            spec.toBuilder()
                .process(spec.process().toBuilder().user(user).noNewPrivileges(true).build())
                .build());
    assertThat(status.get("Uid")).isEqualTo("1000\t1000\t1000\t1000");
    assertThat(status.get("Gid")).isEqualTo("1001\t1001\t1001\t1001");
    assertThat(status.get("Groups")).isEqualTo("10 1001 3000");
    assertThat(status.get("NoNewPrivs")).isEqualTo("1");
    assertThat(status.get("CapEff")).isEqualTo("0000000000000000");
    assertThat(status.get("CapBnd")).isEqualTo("00000000a80425fb");
  }

  @Test
  void givesRootTheDefaultCapabilities() throws IOException {
    Map<String, String> status = status(bundles.spec("cat /proc/self/status"));
    assertThat(status.get("CapEff")).isEqualTo("00000000a80425fb");
    assertThat(status.get("CapPrm")).isEqualTo("00000000a80425fb");
    assertThat(status.get("CapInh")).isEqualTo("0000000000000000");
    assertThat(status.get("CapAmb")).isEqualTo("0000000000000000");
    assertThat(status.get("NoNewPrivs")).isEqualTo("0");
  }

  @Test
  void dropsAll() throws IOException {
    Map<String, String> status = status(with(List.of(), List.of("ALL"), List.of(), false));
    assertThat(status.get("CapEff")).isEqualTo("0000000000000000");
    assertThat(status.get("CapBnd")).isEqualTo("0000000000000000");
  }

  @Test
  void keepsAmbientCapabilitiesOfOtherUsers() throws IOException {
    ContainerSpec spec = with(List.of(), List.of("ALL"), List.of("NET_BIND_SERVICE"), false);
    ProcessUser user = new ProcessUser(1000, 1000, Optional.empty(), List.of());
    Map<String, String> status =
        status(spec.toBuilder().process(spec.process().toBuilder().user(user).build()).build());
    assertThat(status.get("CapEff")).isEqualTo("0000000000000400");
    assertThat(status.get("CapAmb")).isEqualTo("0000000000000400");
  }

  @Test
  void givesPrivilegedContainersWhatTheDaemonHas() throws IOException {
    Map<String, String> status = status(with(List.of(), List.of(), List.of(), true));
    assertThat(Capability.ofMask(Long.parseUnsignedLong(status.get("CapEff"), 16)))
        .isEqualTo(Capability.ofDaemon());
  }

  @Test
  void blocksWhatTheDefaultProfileLeavesOut() throws Exception {
    Map<String, Integer> free = probe(Optional.empty());
    Map<String, Integer> confined = probe(Optional.of(profiles.runtimeDefault(defaults())));
    assertThat(List.of(free.get("unshare_user"), free.get("personality_aslr")))
        .as("unconfined")
        .containsOnly(0);
    for (String blocked :
        List.of(
            "keyctl",
            "add_key",
            "io_uring_setup",
            "userfaultfd",
            "bpf",
            "perf_event_open",
            "unshare_user",
            "personality_aslr",
            "socket_alg",
            "socket_vsock",
            "open_by_handle_at",
            "mount")) {
      assertThat(confined.get(blocked)).as(blocked).isEqualTo(EPERM);
    }
    assertThat(confined.get("clone3")).isEqualTo(ENOSYS);
    for (String allowed : List.of("getpid", "personality_get", "socket_inet", "socket_netlink")) {
      assertThat(confined.get(allowed)).as(allowed).isEqualTo(0);
    }
  }

  @Test
  void opensTheProfileForCapabilities() throws Exception {
    ContainerSpec spec = with(List.of("SYS_ADMIN"), List.of(), List.of(), false);
    SeccompProfile profile = profiles.runtimeDefault(spec.process().capabilities());
    Map<String, Integer> confined = probe(spec, Optional.of(profile));
    assertThat(confined.get("mount")).isEqualTo(0);
    assertThat(confined.get("keyctl")).isEqualTo(EPERM);
  }

  @Test
  void appliesALocalhostProfile() throws IOException {
    SeccompProfile profile =
        new SeccompProfile(
            "SCMP_ACT_ALLOW",
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(
                new SeccompProfile.Rule(
                    List.of("umask"),
                    "SCMP_ACT_ERRNO",
                    Optional.of(13),
                    List.of(
                        new SeccompProfile.Argument(
                            0, BigInteger.valueOf(0123), BigInteger.ZERO, "SCMP_CMP_EQ")))));
    ContainerSpec spec =
        bundles.spec("grep Seccomp: /proc/self/status; umask 0123; umask").toBuilder()
            .seccomp(Optional.of(profile))
            .build();
    assertThat(bundles.run(spec).lines()).containsExactly("Seccomp:\t2", "0022");
  }

  @Test
  void hidesAndFreezesPaths() throws IOException {
    ContainerSpec spec =
        bundles
            .spec(
                "head -c 1 /proc/kcore | wc -c; ls /sys/firmware | wc -l;"
                    + " (echo x > /proc/sys/kernel/domainname) 2>&1;"
                    + " touch /x 2>&1; (touch /sys/x) 2>&1; (touch /dev/shm/ok) && ls /dev/shm")
            .toBuilder()
            .maskedPaths(MaskedPaths.MASKED)
            .readonlyPaths(MaskedPaths.READONLY)
            .root(new ContainerSpec.Root(bundles.rootfs().toString(), true))
            .build();
    assertThat(bundles.run(spec).lines())
        .satisfiesExactly(
            kcore -> assertThat(kcore).isEqualTo("0"),
            firmware -> assertThat(firmware).isEqualTo("0"),
            sysctl -> assertThat(sysctl).contains("Read-only file system"),
            root -> assertThat(root).contains("Read-only file system"),
            sysfs -> assertThat(sysfs).contains("Read-only file system"),
            shm -> assertThat(shm).isEqualTo("ok"));
  }

  @Test
  void makesDevicesThatOnlyARuleOpens() throws IOException {
    DeviceNode zero = HostDevices.at(Path.of("/dev/zero"), "/dev/nothing").getFirst();
    DeviceNode closed = HostDevices.at(Path.of("/dev/kmsg"), "/dev/closed").getFirst();
    ContainerSpec spec =
        bundles.spec("head -c 3 /dev/nothing | wc -c; head -c 1 /dev/closed 2>&1; true").toBuilder()
            .devices(List.of(zero, closed))
            .resources(
                LinuxResources.builder()
                    .devices(List.of(DeviceRule.DENY_ALL, DeviceRule.allow(zero, "rw")))
                    .build())
            .build();
    assertThat(bundles.run(spec).lines())
        .satisfiesExactly(
            count -> assertThat(count).isEqualTo("3"),
            refused -> assertThat(refused).contains("Operation not permitted"));
  }

  @Test
  void livesInAUserNamespace() throws Exception {
    List<IdMapping> map = List.of(new IdMapping(0, 200000, 65536));
    try (Stream<Path> files = Files.walk(bundles.directory())) {
      for (Path file : files.toList()) {
        Linux.get().fchownat(Fd.CWD, file.toString(), 200000, 200000);
      }
    }
    ContainerSpec spec = bundles.spec("cat /proc/self/uid_map; id -u; touch /mine; ls -n /mine");
    List<Namespace> namespaces = new ArrayList<>(spec.namespaces());
    namespaces.add(Namespace.fresh(Namespace.Kind.USER));
    List<String> lines =
        bundles
            .run(spec.toBuilder().namespaces(namespaces).idMappings(map, map).build())
            .lines()
            .map(line -> line.strip().replaceAll(" +", " "))
            .toList();
    assertThat(lines.get(0)).isEqualTo("0 200000 65536");
    assertThat(lines.get(1)).isEqualTo("0");
    assertThat(lines.get(2)).contains(" 0 0 ");
    assertThat(Files.getAttribute(bundles.rootfs().resolve("mine"), "unix:uid")).isEqualTo(200000);
  }

  @Test
  void saysWhichProgramIsMissing() {
    ContainerSpec spec = bundles.spec("true");
    ContainerSpec broken =
        spec.toBuilder()
            .process(spec.process().toBuilder().args(List.of("/no/such/program")).build())
            .build();
    assertThatThrownBy(() -> bundles.run(broken)).hasMessageContaining("/no/such/program");
  }

  private ContainerSpec with(
      List<String> add, List<String> drop, List<String> ambient, boolean privileged) {
    ContainerSpec spec = bundles.spec("cat /proc/self/status");
    CapabilitySet set =
        CapabilitySet.resolve(
            new CapabilitySet.Request(add, drop, ambient, privileged), Capability.ofDaemon());
    return spec.toBuilder().process(spec.process().toBuilder().capabilities(set).build()).build();
  }

  private CapabilitySet defaults() {
    return bundles.spec("").process().capabilities();
  }

  private Map<String, Integer> probe(Optional<SeccompProfile> profile) throws Exception {
    return probe(bundles.spec(""), profile);
  }

  private Map<String, Integer> probe(ContainerSpec spec, Optional<SeccompProfile> profile)
      throws Exception {
    Path binary = bundles.rootfs().resolve("bin/probe");
    RuntimeProcess.Result compiled =
        RuntimeProcess.run(
            "gcc",
            List.of("gcc", "-static", "-o", binary.toString(), "src/test/native/probe.c"),
            new byte[0],
            Duration.ofMinutes(1));
    assertThat(compiled.exitCode()).as(RuntimeProcess.text(compiled.stderr())).isEqualTo(0);
    Map<String, Integer> result = new HashMap<>();
    String output =
        bundles.run(
            spec.toBuilder()
                .process(spec.process().toBuilder().args(List.of("/bin/probe")).build())
                .seccomp(profile)
                .build());
    output
        .lines()
        .map(line -> line.split("=", 2))
        .forEach(pair -> result.put(pair[0], Integer.valueOf(pair[1])));
    return result;
  }

  private Map<String, String> status(ContainerSpec spec) throws IOException {
    Map<String, String> result = new HashMap<>();
    bundles
        .run(spec)
        .lines()
        .map(line -> line.split(":", 2))
        .forEach(pair -> result.put(pair[0], pair[1].strip()));
    return result;
  }
}
