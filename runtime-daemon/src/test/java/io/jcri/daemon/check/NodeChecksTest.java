package io.jcri.daemon.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.runtime.KernelVersion;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A made-up node, whole at first, of which one thing after the other is taken away. */
class NodeChecksTest {
  @TempDir Path root;
  private String more = "";
  private NodeFacts facts = MadeUpNode.with(CgroupDriver.CGROUPFS);

  @BeforeEach
  void complete() throws IOException {
    program("runtime", "echo 'runc version 1.4.0'");
    write(
        "net.d/10-pods.conflist",
        """
        {"cniVersion": "1.0.0", "name": "pods", "plugins": [
          {"type": "bridge", "ipam": {"type": "host-local"}}, {"type": "portmap"}]}
        """);
    for (String plugin : List.of("bridge", "host-local", "portmap")) {
      program("plugins/" + plugin, "exit 0");
    }
    write("proc/sys/net/ipv4/ip_forward", "1\n");
    write("proc/sys/net/bridge/bridge-nf-call-iptables", "1\n");
    write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
    write("proc/sys/fs/inotify/max_user_instances", "1024\n");
    write("proc/sys/fs/file-max", "9223372036854775807\n");
    write(
        "var/lib/kubelet/config.yaml",
        """
        containerRuntimeEndpoint: unix://ROOT/jcri.sock
        cgroupDriver: cgroupfs
        featureGates:
          PodAndContainerStatsFromCRI: true
        """);
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.replace("ROOT", root.toString()));
  }

  private void program(String path, String script) throws IOException {
    write(path, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Finding find(String name) throws IOException {
    DaemonConfig config =
        ConfigFile.parse(
            """
            socket = "ROOT/jcri.sock"
            [handlers.runc]
            binary = "ROOT/runtime"
            [handlers.crun]
            binary = "ROOT/crun"
            [network]
            configurations = "ROOT/net.d"
            plugins = ["ROOT/plugins"]
            [streaming]
            port = 8080
            """
                .concat(more)
                .replace("ROOT", root.toString()),
            "test");
    Handlers handlers = Handlers.find(config, new Layout(root, root), facts, root);
    return NodeChecks.of(new CheckedNode(root, config, facts, handlers, Optional.empty())).stream()
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void assertVerdict(String name, Verdict verdict, String seen) throws IOException {
    Finding found = find(name);
    assertThat(found.verdict()).as(found.toString()).isEqualTo(verdict);
    assertThat(found.seen()).contains(seen);
    assertThat(found.remedy().isPresent())
        .isEqualTo(verdict == Verdict.WARN || verdict == Verdict.FAIL);
  }

  @Test
  void theKernelIsJudgedByWhatItHas() throws IOException {
    assertVerdict("kernel.version", Verdict.OK, "6.18");
    assertVerdict("kernel.seccomp", Verdict.OK, "filters");
    facts = MadeUpNode.with(CgroupDriver.CGROUPFS, new KernelVersion(5, 4));
    assertVerdict("kernel.version", Verdict.FAIL, "5.4, mounts need 5.12");
    facts = MadeUpNode.with(CgroupDriver.CGROUPFS, new KernelVersion(5, 15));
    assertVerdict("kernel.version", Verdict.WARN, "5.15");
    write("proc/sys/user/max_user_namespaces", "0\n");
    assertVerdict("kernel.userNamespaces", Verdict.WARN, "is 0");
  }

  @Test
  void networkSettingsAndLimitsAreJudged() throws IOException {
    assertVerdict("sysctl.net.ipv4.ip_forward", Verdict.OK, "1");
    write("proc/sys/net/ipv4/ip_forward", "0\n");
    assertVerdict("sysctl.net.ipv4.ip_forward", Verdict.WARN, "0: pods reach nothing");
    Files.delete(root.resolve("proc/sys/net/bridge/bridge-nf-call-iptables"));
    assertVerdict(
        "sysctl.net.bridge.bridge-nf-call-iptables", Verdict.WARN, "br_netfilter is not loaded");
    assertVerdict("limits.inotifyInstances", Verdict.OK, "is 1024");
    assertVerdict("limits.allFiles", Verdict.OK, "9223372036854775807");
    assertVerdict("limits.processes", Verdict.SKIPPED, "is not there");
    write("proc/sys/fs/inotify/max_user_instances", "128\n");
    assertVerdict("limits.inotifyInstances", Verdict.WARN, "is 128, 512 is better");
  }

  private void process(int pid, String user, String... watches) throws IOException {
    String process = "proc/" + pid;
    write(process + "/status", "Name:\tp\nUid:\t" + user + "\t0\t0\t0\n");
    write(process + "/comm", "p" + pid + "\n");
    Files.createDirectories(root.resolve(process + "/fd"));
    Files.createSymbolicLink(root.resolve(process + "/fd/1"), Path.of("pipe:[7]"));
    for (int i = 0; i < watches.length; i++) {
      int fd = 5 + i;
      Files.createSymbolicLink(root.resolve(process + "/fd/" + fd), Path.of("anon_inode:inotify"));
      write(process + "/fdinfo/" + fd, "pos:\t0\nflags:\t02004000\n" + watches[i]);
    }
  }

  @Test
  void whatRootWatchesIsHeldAgainstTheLimit() throws IOException {
    String watch = "inotify wd:1 ino:1 sdev:1 mask:2 ignored_mask:0\n";
    process(1, "0", watch + watch, watch);
    process(20, "0", watch);
    process(30, "1000", watch.repeat(50));
    Files.createDirectories(root.resolve("proc/40")); // has ended meanwhile
    write("proc/sys/fs/inotify/max_user_watches", "6\n");
    assertVerdict("inotify.instances", Verdict.OK, "have 3 of 1024, the most p1 1: 2");
    assertVerdict("inotify.watches", Verdict.OK, "have 4 of 6, the most p1 1: 3");
    write("proc/sys/fs/inotify/max_user_watches", "5\n");
    assertVerdict("inotify.watches", Verdict.WARN, "have 4 of 5, the most p1 1: 3; whoever");
    assertThat(find("inotify.watches").remedy().orElseThrow())
        .contains("echo fs.inotify.max_user_watches=10 ");
    Files.delete(root.resolve("proc/sys/fs/inotify/max_user_watches"));
    assertVerdict("inotify.watches", Verdict.SKIPPED, "is not there");
  }

  @Test
  void hooksAreReadAndTheirProgramsLookedFor() throws IOException {
    assertVerdict("hooks", Verdict.SKIPPED, "hooks_dirs");
    more = "[containers]\nhooks_dirs = [\"ROOT/none\", \"ROOT/hooks\"]\n";
    assertVerdict("hooks", Verdict.OK, "none in ");
    String hook =
        """
        {"version": "1.0.0", "hook": {"path": "ROOT/program"}, "when": {"always": true},
         "stages": ["prestart"]}
        """;
    write("hooks/10-a.json", hook);
    assertVerdict("hooks", Verdict.WARN, root + "/program");
    program("program", "exit 0");
    assertVerdict("hooks", Verdict.OK, root + "/hooks/10-a.json");
    write("hooks/20-b.json", "{");
    write("hooks/30-c.json", hook.replace("1.0.0", "0.1.0"));
    Finding found = find("hooks");
    assertThat(found.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(found.seen())
        .contains("hook " + root + "/hooks/20-b.json: ")
        .contains("hook " + root + "/hooks/30-c.json: version is 0.1.0");
  }

  @Test
  void nftIsTried() throws IOException {
    program("unshare", "shift; exec \"$@\"");
    program("good", "cat > /dev/null");
    program("bad", "echo 'Error: Operation not supported' >&2; exit 1");
    Optional<Path> unshare = Optional.of(root.resolve("unshare"));
    assertThat(NetworkCheck.tried(root.resolve("good"), unshare).verdict()).isEqualTo(Verdict.OK);
    Finding bad = NetworkCheck.tried(root.resolve("bad"), unshare);
    assertThat(bad.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(bad.seen()).endsWith("the node: Error: Operation not supported");
    assertThat(bad.remedy().orElseThrow()).contains("modprobe");
    assertThat(NetworkCheck.tried(root.resolve("good"), Optional.empty()).seen())
        .contains("not tried");
  }

  @Test
  void systemdsDriverNeedsSystemd() throws IOException {
    assertVerdict("cgroups.driver", Verdict.OK, "cgroupfs");
    assertVerdict("cgroups.controllers", Verdict.OK, "cpu cpuset memory pids");
    facts = MadeUpNode.with(CgroupDriver.SYSTEMD);
    assertVerdict("cgroups.driver", Verdict.FAIL, "does not run");
  }

  @Test
  void runtimesAreAskedAndJudged() throws IOException {
    assertVerdict("handlers.runc", Verdict.OK, "runc 1.4.0, the default");
    assertVerdict("handlers.crun", Verdict.WARN, root + "/crun is not installed");
    program("runtime", "echo 'runc version 1.1.11'");
    assertVerdict("handlers.runc", Verdict.WARN, "CVE-2024-21626 (fixed in 1.1.12)");
    program("runtime", "echo 'runc version 1.0.0'");
    assertVerdict("handlers.runc", Verdict.FAIL, "older than 1.1.0");
    program("runtime", "exit 1");
    assertVerdict("handlers.runc", Verdict.WARN, "tells no version");
    Files.delete(root.resolve("runtime"));
    assertVerdict("handlers.runc", Verdict.FAIL, "runtime is not installed");
  }

  @Test
  void addressesThatAPowerCutHasTakenAreTold() throws IOException {
    assertVerdict("network.addresses", Verdict.OK, "none is lost");
    write(
        "net.d/10-pods.conflist",
        """
        {"cniVersion":"1.0.0","name":"pods","plugins":[
          {"type":"bridge","ipam":{"type":"host-local","dataDir":"%s"}}]}
        """
            .formatted(root.resolve("leases")));
    write("leases/pods/10.1.0.5", "");
    Path lost = root.resolve("leases/pods/10.1.0.5");
    Files.setLastModifiedTime(lost, FileTime.from(Instant.now().minusSeconds(3600)));
    assertVerdict("network.addresses", Verdict.WARN, "the files 10.1.0.5 in " + lost.getParent());
  }

  @Test
  void theNetworkThatPodsGetMustBeWhole() throws IOException {
    assertVerdict("network.configuration", Verdict.OK, "pods get pods from " + root);
    assertVerdict("network.plugins", Verdict.OK, "bridge host-local portmap");
    assertVerdict("network.nft", Verdict.SKIPPED, "not jcri's own");
    Files.delete(root.resolve("plugins/host-local"));
    assertVerdict("network.plugins", Verdict.FAIL, "host-local missing in " + root);
    write("plugins/host-local", "no program");
    assertVerdict("network.plugins", Verdict.FAIL, "cannot be executed");
    write("net.d/10-pods.conflist", "{}");
    assertVerdict("network.files", Verdict.WARN, "10-pods.conflist");
    assertVerdict("network.configuration", Verdict.FAIL, "no file in " + root);
    Files.delete(root.resolve("net.d/10-pods.conflist"));
    assertVerdict("network.configuration", Verdict.FAIL, "there is no CNI configuration");
  }

  @Test
  void theKubeletMustAskJcri() throws IOException {
    assertVerdict("kubelet.endpoint", Verdict.OK, "jcri.sock");
    assertVerdict("kubelet.cgroupDriver", Verdict.OK, "cgroupfs");
    assertVerdict("kubelet.stats", Verdict.OK, "asked of jcri");
    assertVerdict("kubelet.swap", Verdict.OK, "none");
    write("var/lib/kubelet/config.yaml", "cgroupDriver: systemd\ncontainerLogMaxSize: 50Mi\n");
    write(
        "var/lib/kubelet/kubeadm-flags.env",
        "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///run/containerd/c.sock\"\n");
    write("proc/swaps", "Filename\tType\n/dev/sda2 partition 1 0 -2\n");
    assertVerdict("kubelet.endpoint", Verdict.FAIL, "c.sock is not jcri");
    assertVerdict("kubelet.cgroupDriver", Verdict.WARN, "systemd, jcri's is cgroupfs");
    assertVerdict("kubelet.swap", Verdict.FAIL, "/dev/sda2");
    assertVerdict("kubelet.stats", Verdict.WARN, "lack pod");
    assertVerdict("kubelet.logs", Verdict.OK, "50Mi");
    write("var/lib/kubelet/config.yaml", "imageServiceEndpoint: unix:///run/crio/crio.sock\n");
    assertVerdict("kubelet.imageEndpoint", Verdict.FAIL, "crio.sock is not jcri");
    write("proc/77/cmdline", "/usr/bin/kubelet\0--fail-swap-on=false\0--cgroup-driver\0cgroupfs\0");
    assertVerdict("kubelet.endpoint", Verdict.WARN, "not set in the kubelet that runs");
    assertVerdict("kubelet.cgroupDriver", Verdict.OK, "cgroupfs");
    assertVerdict("kubelet.swap", Verdict.OK, "tolerates");
    write("var/lib/kubelet/config.yaml", "a: [\n");
    assertVerdict("kubelet", Verdict.WARN, "config.yaml is not YAML");
  }

  @Test
  void aPortOfSomebodyElseIsSeen() throws IOException {
    assertVerdict("ports.streaming", Verdict.OK, "127.0.0.1:8080 is free");
    assertVerdict("ports.cri", Verdict.WARN, "nobody answers");
    write(
        "proc/net/tcp",
        """
          sl  local_address rem_address   st tx_queue
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
        """);
    assertVerdict("ports.streaming", Verdict.FAIL, "taken by another");
    write("proc/net/tcp", "   0: 0100007F:1F90 0100007F:9999 01 00000000:00000000\n");
    assertVerdict("ports.streaming", Verdict.OK, "is free");
  }

  @Test
  void otherRuntimesAndCrictlAreSeen() throws IOException {
    assertVerdict("neighbours.runtimes", Verdict.OK, "none runs");
    assertVerdict("neighbours.crictl", Verdict.SKIPPED, "not installed");
    write("etc/crictl.yaml", "runtime-endpoint: unix://ROOT/jcri.sock\n");
    assertVerdict("neighbours.crictl", Verdict.OK, "asks jcri");
    write("etc/crictl.yaml", "runtime-endpoint: unix:///run/crio/crio.sock\n");
    assertVerdict("neighbours.crictl", Verdict.WARN, "crio.sock");
    Path socket = Files.createDirectories(root.resolve("run/crio")).resolve("crio.sock");
    try (ServerSocketChannel crio = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      crio.bind(UnixDomainSocketAddress.of(socket));
      assertVerdict("neighbours.runtimes", Verdict.WARN, "CRI-O runs as well");
    }
    assertVerdict("neighbours.runtimes", Verdict.OK, "none runs");
  }

  @Test
  void linkToOursIsNoOtherRuntime() throws IOException {
    Path link = Files.createDirectories(root.resolve("run/containerd")).resolve("containerd.sock");
    Files.createSymbolicLink(link, root.resolve("jcri.sock"));
    try (ServerSocketChannel ours = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ours.bind(UnixDomainSocketAddress.of(root.resolve("jcri.sock")));
      assertVerdict("neighbours.runtimes", Verdict.OK, "none runs");
    }
  }

  @Test
  void theClockIsJudged() {
    Instant now = Instant.parse("2026-05-01T00:00:00Z");
    assertThat(ClockCheck.judge(now, true).verdict()).isEqualTo(Verdict.OK);
    assertThat(ClockCheck.judge(now, false).verdict()).isEqualTo(Verdict.WARN);
    assertThat(ClockCheck.judge(Instant.EPOCH, true).verdict()).isEqualTo(Verdict.FAIL);
  }
}
