package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NamespacesKernelTest {
  @TempDir Path root;
  private SandboxFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new SandboxFixture(root);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void pinsTheNamespacesOfThePauseProcess() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.pod("p1"));

    assertThat(state.pidns()).isEmpty();
    assertThat(state.userns()).isEmpty();
    assertPinned(state.netns(), state.pause(), "net");
    assertPinned(state.ipcns(), state.pause(), "ipc");
    assertPinned(state.utsns(), state.pause(), "uts");
    assertThat(namespaceOf(state.pause(), "pid")).isEqualTo(ownNamespace("pid"));
    assertThat(namespaceOf(state.pause(), "user")).isEqualTo(ownNamespace("user"));
    assertThat(fixture.sandboxes.alive(state)).isTrue();
    assertThat(fixture.sandboxes.find("p1", state.directory())).contains(state);
  }

  @Test
  void aBindMountOfTheNodeTakesNoCopyOfThePins() throws Exception {
    SandboxSpec pod = fixture.pod("p1");
    Path copy = Files.createDirectory(root.resolve("copy"));
    // In a mount namespace that goes away with all the copies.
    String mounts =
        Commands.run(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "\"$0\" id=p1 dir=\"$1\" new=net new=ipc shm=4096 && mount --rbind / \"$2\""
                + " && cat /proc/self/mountinfo",
            SandboxFixture.HELPER.toString(),
            pod.directory().toString(),
            copy.toString());
    assertThat(mounts)
        .contains(pod.directory() + "/ns/net ")
        .contains(copy + pod.directory().toString() + "/shm ")
        .doesNotContain(copy + pod.directory().toString() + "/ns/");
  }

  @Test
  void setsHostnameAndBringsLoopbackUp() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.pod("p1"));
    assertThat(Commands.inside(List.of("--uts=" + state.utsns().orElseThrow()), "uname", "-n"))
        .isEqualTo("host-p1");
    // Addresses of a device are routed only while it is up.
    assertThat(readInside(state, "net", "/proc/net/fib_trie")).contains("127.0.0.1");
  }

  @Test
  void usesTheNodesNamespacesWhenAskedForNone() throws Exception {
    SandboxSpec pod = fixture.pod("p1");
    SandboxState state =
        fixture.sandboxes.create(
            new SandboxSpec(
                "p1",
                pod.directory(),
                false,
                false,
                false,
                false,
                Optional.empty(),
                "",
                Map.of(),
                Optional.empty(),
                0,
                1 << 20));
    for (String name : List.of("net", "ipc", "uts", "pid", "user")) {
      assertThat(namespaceOf(state.pause(), name)).isEqualTo(ownNamespace(name));
    }
    assertThat(state.netns()).isEmpty();
    assertThat(state.shm()).isEmpty();
    assertThat(fixture.mounts.below(pod.directory())).isEmpty();
  }

  @Test
  void writesSafeAndUnsafeSysctlsInsideThePodOnly() throws Exception {
    String before = Commands.run("cat", "/proc/sys/kernel/shmmni");
    SandboxState state =
        fixture.sandboxes.create(
            SandboxFixture.withSysctls(
                fixture.pod("p1"),
                Map.of(
                    "net.ipv4.ip_unprivileged_port_start", "80",
                    "net/ipv4/conf/lo/forwarding", "1",
                    "net.core.somaxconn", "77",
                    "kernel.shmmni", "99",
                    "kernel.sem", "1 2\t3 4",
                    "fs.mqueue.msg_max", "20",
                    "kernel.domainname", "example.test")));
    assertThat(readInside(state, "net", "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
        .isEqualTo("80");
    assertThat(readInside(state, "net", "/proc/sys/net/ipv4/conf/lo/forwarding")).isEqualTo("1");
    assertThat(readInside(state, "net", "/proc/sys/net/core/somaxconn")).isEqualTo("77");
    assertThat(readInside(state, "ipc", "/proc/sys/kernel/shmmni")).isEqualTo("99");
    assertThat(readInside(state, "ipc", "/proc/sys/kernel/sem")).isEqualTo("1\t2\t3\t4");
    assertThat(readInside(state, "uts", "/proc/sys/kernel/domainname")).isEqualTo("example.test");
    assertThat(Commands.run("cat", "/proc/sys/kernel/shmmni")).isEqualTo(before);
  }

  @Test
  void namesTheSysctlThatCannotBeAndLeavesNothing() throws Exception {
    assertRefused(Map.of("net.ipv4.no_such", "1"), "cannot set sysctl net.ipv4.no_such");
    assertRefused(Map.of("net.ipv4.ip_forward", "many"), "net.ipv4.ip_forward to \"many\": EINVAL");
    assertRefused(Map.of("vm.swappiness", "1"), "sysctl vm.swappiness is not allowed");
    assertRefused(
        Map.of("kernel.core_pattern", "|/x"), "sysctl kernel.core_pattern is not allowed");
    assertRefused(Map.of("kernel.shm_rmid_forced", "1+kernel.core_pattern=x"), "EINVAL");
    assertRefused(Map.of("net/../kernel/core_pattern", "x"), "is not a sysctl name");
    assertRefused(Map.of("net.ipv4.ip_forward", "1\0"), "NUL in sysctl=net.ipv4.ip_forward");
    assertRefused(Map.of("net.ipv4.ip_forward", "1\nx"), "cannot use the argument");
  }

  private void assertRefused(Map<String, String> sysctls, String message) throws IOException {
    SandboxSpec spec = SandboxFixture.withSysctls(fixture.pod("bad"), sysctls);
    assertThatThrownBy(() -> fixture.sandboxes.create(spec))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.kind()).isEqualTo(SandboxException.Kind.INVALID))
        .hasMessageContaining(message);
    fixture.assertNothingLeft("bad");
  }

  @Test
  void userNamespaceWithSeveralRangesOwnsTheOthers() throws Exception {
    SandboxState state =
        fixture.sandboxes.create(
            SandboxFixture.withSysctls(
                fixture.isolatedPod("p1"),
                Map.of("kernel.shmmni", "99", "net.ipv4.ip_unprivileged_port_start", "81")));
    assertPinned(state.userns(), state.pause(), "user");
    assertThat(procFile(state.pause(), "uid_map").lines().map(NamespacesKernelTest::squeeze))
        .containsExactly("0 100000 1000", "1000 300000 64536");
    assertThat(procFile(state.pause(), "gid_map").lines().map(NamespacesKernelTest::squeeze))
        .containsExactly("0 200000 65536");
    assertThat(procFile(state.pause(), "status"))
        .containsPattern("Uid:\\s+100000\\s+100000")
        .containsPattern("Gid:\\s+200000\\s+200000")
        .containsPattern("Groups:\\s*\n");
    assertThat(readInside(state, "ipc", "/proc/sys/kernel/shmmni")).isEqualTo("99");
    // The pod's root may change the pod's network, which the kernel allows to the owner only.
    Commands.inside(
        List.of("--user=" + state.userns().orElseThrow(), "--net=" + state.netns().orElseThrow()),
        "sh",
        "-c",
        "echo 82 > /proc/sys/net/ipv4/ip_unprivileged_port_start");
    assertThat(readInside(state, "net", "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
        .isEqualTo("82");
  }

  @Test
  void sharedMemoryIsATmpfsOfThePodsRoot() throws Exception {
    SandboxState plain = fixture.sandboxes.create(fixture.pod("p1"));
    assertThat(fixture.mounts.below(plain.shm().orElseThrow()))
        .singleElement()
        .satisfies(mount -> {
          assertThat(mount.type()).isEqualTo("tmpfs");
          assertThat(mount.options()).contains("nosuid", "nodev", "noexec");
          assertThat(mount.superOptions()).contains("size=1024k");
        });
    SandboxState isolated = fixture.sandboxes.create(fixture.isolatedPod("p2"));
    Path shm = isolated.shm().orElseThrow();
    assertThat(Files.getAttribute(shm, "unix:uid")).isEqualTo(100_000);
    assertThat(Files.getAttribute(shm, "unix:gid")).isEqualTo(200_000);
    assertThat((int) Files.getAttribute(shm, "unix:mode") & 07777).isEqualTo(01777);
  }

  private static void assertPinned(Optional<Path> pin, ProcessId pause, String name)
      throws IOException {
    String link = namespaceOf(pause, name);
    assertThat(link).isNotEqualTo(ownNamespace(name));
    assertThat(link)
        .isEqualTo(name + ":[" + Files.getAttribute(pin.orElseThrow(), "unix:ino") + "]");
  }

  private static String readInside(SandboxState state, String namespace, String file)
      throws IOException, InterruptedException {
    return Commands.inside(
        List.of("--" + namespace + "=" + state.directory().resolve("ns").resolve(namespace)),
        "cat",
        file);
  }

  private static String namespaceOf(ProcessId process, String name) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", Integer.toString(process.pid()), "ns", name))
        .toString();
  }

  private static String ownNamespace(String name) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns", name)).toString();
  }

  private static String procFile(ProcessId process, String name) throws IOException {
    return Files.readString(Path.of("/proc", Integer.toString(process.pid()), name));
  }

  private static String squeeze(String line) {
    return line.strip().replaceAll(" +", " ");
  }
}
