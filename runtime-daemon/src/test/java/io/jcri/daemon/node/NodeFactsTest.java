package io.jcri.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.runtime.KernelVersion;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.CgroupLayout;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of each kind, made of files. */
class NodeFactsTest {
  @TempDir Path root;

  /** Version 2, systemd, everything there; no SELinux, no AppArmor. */
  @BeforeEach
  void debian() throws IOException {
    write("proc/self/mountinfo", "35 25 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n");
    write("proc/1/comm", "systemd\n");
    Files.createDirectories(root.resolve("run/systemd/system"));
    write("proc/swaps", "Filename\n");
    Files.createDirectories(root.resolve("sys/kernel/mm/hugepages/hugepages-2048kB"));
    write("proc/sys/kernel/osrelease", "6.12.38+deb13-amd64\n");
    write("proc/filesystems", "nodev\tsysfs\n\text4\nnodev\toverlay\n");
    write("proc/self/ns/user", "");
    write("proc/pressure/cpu", "");
    write("proc/sys/kernel/seccomp/actions_avail", "kill_process errno allow\n");
  }

  private NodeFacts read(String driver) throws IOException {
    return NodeFacts.read(Cgroups.detect(Linux.get(), root), driver, root);
  }

  @Test
  void aNodeWithAllThatPodsNeed() throws IOException {
    NodeFacts node = read("auto");
    assertThat(node.cgroups().layout()).isEqualTo(CgroupLayout.V2);
    assertThat(node.cgroups().v2()).isTrue();
    assertThat(node.cgroups().driver()).isEqualTo(CgroupDriver.SYSTEMD);
    assertThat(node.cgroups().limits().v2()).isTrue();
    assertThat(node.kernel())
        .isEqualTo(new KernelFacts(new KernelVersion(6, 12), true, true, true));
    assertThat(node.selinux().enabled()).isFalse();
    assertThat(node.appArmor().enabled()).isFalse();
    assertThat(node.seccomp().actions()).containsExactly("kill_process", "errno", "allow");
    assertThat(node.tree())
        .containsEntry(
            "cgroups",
            Map.of(
                "layout",
                "v2",
                "driver",
                "systemd",
                "controllers",
                List.of("cpu", "cpuset", "hugetlb", "io", "memory", "misc", "pids", "rdma"),
                "swap",
                true,
                "hugePageSizes",
                List.of("2MB")))
        .containsEntry("selinux", Map.of("enabled", false));
  }

  @Test
  void theConfigurationsDriverBeatsTheOneFound() throws IOException {
    assertThat(read("cgroupfs").cgroups().driver()).isEqualTo(CgroupDriver.CGROUPFS);
    Files.delete(root.resolve("run/systemd/system"));
    assertThat(read("auto").cgroups().driver()).isEqualTo(CgroupDriver.CGROUPFS);
    assertThat(read("systemd").cgroups().driverName()).isEqualTo("systemd");
  }

  @Test
  void aHybridHostIsOneOfVersion1() throws IOException {
    write(
        "proc/self/mountinfo",
        """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """);
    NodeFacts node = read("auto");
    assertThat(node.cgroups().layout()).isEqualTo(CgroupLayout.HYBRID);
    assertThat(node.cgroups().v2()).isFalse();
    assertThat(node.cgroups().limits().v2()).isFalse();
    assertThat(node.cgroups().limits().controllers()).containsExactlyInAnyOrder("cpu", "memory");
  }

  @Test
  void anOldKernelHasLess() throws IOException {
    write("proc/sys/kernel/osrelease", "5.10.0-28-amd64\n");
    KernelFacts old = read("auto").kernel();
    assertThat(old.mountAttributes()).isFalse();
    write("proc/sys/kernel/osrelease", "5.15.0\n");
    KernelFacts newer = read("auto").kernel();
    assertThat(newer.mountAttributes()).isTrue();
    assertThat(newer.idMappedOverlays()).isFalse();
    write("proc/sys/kernel/osrelease", "5.19.0\n");
    assertThat(read("auto").kernel().idMappedOverlays()).isTrue();
  }

  @Test
  void anOverlayModuleIsLoadedWhenItIsNeeded() throws IOException {
    write("proc/filesystems", "nodev\tsysfs\n\toverlayfs2\n");
    assertThat(read("auto").kernel().overlay()).isFalse();
    String modules = "lib/modules/6.12.38+deb13-amd64/modules.dep";
    write(modules, "kernel/fs/xoverlay.ko.xz:\nkernel/x.ko: kernel/fs/overlayfs/overlay.ko\n");
    assertThat(read("auto").kernel().overlay()).isFalse();
    write(modules, "kernel/fs/overlayfs/overlay.ko.xz:\n");
    assertThat(read("auto").kernel().overlay()).isTrue();
  }

  @Test
  void whatIsNotThereIsTold() throws IOException {
    Files.delete(root.resolve("proc/sys/kernel/seccomp/actions_avail"));
    Files.delete(root.resolve("proc/self/ns/user"));
    NodeFacts node = read("auto");
    assertThat(node.seccomp().actions()).isEmpty();
    assertThat(node.kernel().userNamespaces()).isFalse();
  }

  @Test
  void appArmorIsSwitchedOnOrNot() throws IOException {
    write("sys/module/apparmor/parameters/enabled", "N\n");
    assertThat(read("auto").appArmor().enabled()).isFalse();
    write("sys/module/apparmor/parameters/enabled", "Y\n");
    assertThat(read("auto").appArmor().enabled()).isTrue();
  }

  @Test
  void aKernelThatTellsNoVersionIsNamed() throws IOException {
    write("proc/sys/kernel/osrelease", "new\n");
    assertThatThrownBy(() -> read("auto"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("proc/sys/kernel/osrelease")
        .hasMessageContaining("\"new\" is not a kernel version");
  }

  @Test
  void thisNode() throws IOException {
    NodeFacts node = NodeFacts.read(Cgroups.detect(), "auto", Path.of("/"));
    assertThat(node.cgroups().limits().controllers()).contains("memory");
    assertThat(node.kernel().mountAttributes()).isTrue();
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text);
  }
}
