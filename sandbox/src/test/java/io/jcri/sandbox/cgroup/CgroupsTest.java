package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.cgroup.CgroupStats.Memory;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from recorded hosts. */
final class CgroupsTest {
  @TempDir Path root;

  @Test
  void version1() throws Exception {
    Cgroups groups = RecordedTree.open("v1", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.V1);
    assertThat(groups.detectDriver()).isEqualTo(CgroupDriver.CGROUPFS);
    assertThat(groups.controllers())
        .containsExactly("blkio", "cpu", "cpuacct", "cpuset", "hugetlb", "memory", "pids");
    assertThat(groups.processFiles("/kubepods/pod1"))
        .extracting(file -> root.relativize(file).toString())
        .containsExactly(
            "sys/fs/cgroup/cpu,cpuacct/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/cpuset/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/memory/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/blkio/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/hugetlb/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/pids/kubepods/pod1/cgroup.procs",
            "sys/fs/cgroup/systemd/kubepods/pod1/cgroup.procs");
    CgroupStats stats = groups.read("/kubepods/pod1").orElseThrow();
    assertThat(stats.cpuNanos()).isEqualTo(3_038_321_130_026L);
    assertThat(stats.memory())
        .isEqualTo(
            new Memory(
                24_813_568,
                24_813_568 - 966_656,
                2_691_072,
                19_611_648,
                573_440,
                OptionalLong.of(67_108_864),
                OptionalLong.of(290_816),
                OptionalLong.of(67_108_864),
                1_436_765,
                141));
    assertThat(stats.processes()).isEqualTo(7);
    assertThat(groups.details("/kubepods/pod1"))
        .isEqualTo(
            new CgroupDetails(
                2_258_350_000_000L,
                779_960_000_000L,
                1200,
                34,
                5_600_000_000L,
                5,
                700_000_000L,
                17,
                3,
                OptionalLong.empty()));
    assertThat(groups.oomKills("/kubepods/pod1")).isEqualTo(3);
    assertThat(groups.processes("/kubepods/pod1")).containsExactly(101, 102, 103);
    assertThat(groups.memoryDetails("/kubepods/pod1"))
        .isEqualTo(
            new MemoryDetails(
                30_000_128,
                770_048,
                18_640_896,
                966_656,
                4096,
                8192,
                0,
                0,
                6,
                7,
                0,
                17,
                41,
                2,
                1_436_765,
                141));
    assertThat(groups.hugePages("/kubepods/pod1"))
        .containsExactly(
            new HugePages("1GB", 0, 0, 0), new HugePages("2MB", 4_194_304, 8_388_608, 3));
    assertThat(groups.deviceIo("/kubepods/pod1"))
        .contains(
            new DeviceIo(8, 0, "Read", 13_631_488, 301),
            new DeviceIo(8, 0, "Write", 4096, 1),
            new DeviceIo(8, 16, "Read", 0, 0))
        .hasSize(5);
    assertThat(groups.members("/kubepods/pod1/abc")).containsExactly(102, 103);
    assertThat(groups.hugePages("/kubepods/gone")).isEmpty();
    assertThat(groups.deviceIo("/kubepods/gone")).isEmpty();
    assertThat(groups.members("/kubepods/gone")).isEmpty();
    assertThat(groups.pressure("/kubepods/pod1", Pressure.Resource.CPU)).isEmpty();
  }

  @Test
  void hybrid() throws Exception {
    Cgroups groups = RecordedTree.open("hybrid", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.HYBRID);
    assertThat(groups.controllers())
        .as("hugetlb is version 2's, which gives groups none here")
        .containsExactly("cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids");
    CgroupStats stats = groups.read("/pod1").orElseThrow();
    assertThat(stats.cpuNanos()).isEqualTo(5000);
    assertThat(stats.memory().usage()).isEqualTo(4096);
    assertThat(stats.memory().limit()).isEmpty();
    assertThat(stats.memory().swap()).isEmpty();
    assertThat(groups.pressure("/pod1", Pressure.Resource.MEMORY))
        .hasValue(
            new Pressure(
                new Pressure.Stall(43.20, 80.02, 64.60, 670_481_610),
                new Pressure.Stall(0, 1.5, 0.25, 99)));
    assertThat(groups.text("/pod1", "memory", "memory.usage_in_bytes"))
        .hasValueSatisfying(text -> assertThat(text.strip()).isEqualTo("4096"));
    assertThat(groups.text("/pod1", "memory", "none")).isEmpty();
  }

  @Test
  void version2() throws Exception {
    Cgroups groups = RecordedTree.open("v2", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.V2);
    assertThat(groups.detectDriver()).isEqualTo(CgroupDriver.CGROUPFS);
    CgroupStats stats = groups.read("/kubepods/pod1").orElseThrow();
    assertThat(stats.cpuNanos()).isEqualTo(123_456_000);
    assertThat(stats.memory())
        .isEqualTo(
            new Memory(
                10_485_760,
                0,
                4_194_304,
                5_242_880,
                65_536,
                OptionalLong.empty(),
                OptionalLong.of(8192),
                OptionalLong.of(0),
                9000,
                8));
    assertThat(groups.details("/kubepods/pod1"))
        .isEqualTo(
            new CgroupDetails(
                100_000_000,
                23_456_000,
                12,
                3,
                4_500_000,
                2,
                600_000,
                21,
                1,
                OptionalLong.of(1024)));
    assertThat(groups.oomKills("/kubepods/pod1")).isEqualTo(1);
    assertThat(groups.memoryDetails("/kubepods/pod1"))
        .isEqualTo(
            new MemoryDetails(
                12_582_912,
                720_896,
                4096,
                11_534_336,
                12_288,
                0,
                50,
                40,
                4,
                9,
                3,
                21,
                9000,
                8,
                9000,
                8));
    assertThat(groups.hugePages("/kubepods/pod1"))
        .containsExactly(new HugePages("2MB", 2_097_152, 2_097_152, 5));
    assertThat(groups.deviceIo("/kubepods/pod1"))
        .containsExactly(
            new DeviceIo(253, 0, "Read", 1_048_576, 10),
            new DeviceIo(253, 0, "Write", 8192, 2),
            new DeviceIo(253, 0, "Discard", 0, 0));
    assertThat(groups.oomKills("/kubepods/gone")).isZero();
    assertThat(groups.read("/kubepods/gone")).isEmpty();
    assertThat(groups.pressure("/kubepods/pod1", Pressure.Resource.CPU).orElseThrow().full())
        .isEqualTo(new Pressure.Stall(0, 0, 0, 0));
  }

  @Test
  void systemd() throws Exception {
    Cgroups groups = RecordedTree.open("systemd", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.V2);
    assertThat(groups.detectDriver()).isEqualTo(CgroupDriver.SYSTEMD);
    String path = SystemdPaths.resolve("kubepods-besteffort-pod1.slice:jcri:abc");
    assertThat(groups.read(path).orElseThrow().processes()).isEqualTo(2);
  }

  @Test
  void hierarchiesThatOthersMountedOnAVersion2HostAreLeftAlone() throws Exception {
    Cgroups groups = RecordedTree.open("v2-with-net_cls", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.V2);
    assertThat(groups.controllers()).containsExactly("cpu", "io", "memory", "pids");
    assertThat(groups.processFiles("/kubepods/pod1"))
        .containsExactly(root.resolve("sys/fs/cgroup/kubepods/pod1/cgroup.procs"));
    groups.create("/kubepods/pod1");
    assertThat(root.resolve("opt/vpn/net_cls/kubepods")).doesNotExist();
    assertThat(root.resolve("sys/fs/cgroup/cgroup.subtree_control")).content().contains("+pids");
    assertThat(groups.read("/kubepods/pod1").orElseThrow().memory().usage()).isEqualTo(4096);
  }

  @Test
  void theGroupThatCrunMakesBelowAScopeCountsWithIt() throws Exception {
    Cgroups groups = RecordedTree.open("v2", root);
    Path scope = root.resolve("sys/fs/cgroup/kubepods/pod1");
    Path inner = Files.createDirectories(scope.resolve("container"));
    Files.writeString(scope.resolve("memory.max"), "67108864\n");
    Files.writeString(scope.resolve("memory.swap.max"), "max\n");
    Files.writeString(inner.resolve("memory.max"), "max\n");
    Files.writeString(inner.resolve("memory.swap.max"), "4096\n");
    Files.writeString(inner.resolve("pids.max"), "7\n");
    Files.writeString(scope.resolve("cgroup.procs"), "");
    Files.writeString(inner.resolve("cgroup.procs"), "12\n13\n");
    Memory memory = groups.read("/kubepods/pod1").orElseThrow().memory();
    assertThat(memory.limit()).hasValue(67_108_864);
    assertThat(memory.swapLimit()).hasValue(4096);
    assertThat(groups.details("/kubepods/pod1").processLimit()).hasValue(7);
    assertThat(groups.members("/kubepods/pod1")).containsExactly(12, 13);
  }

  @Test
  void whatHidesAnotherMountCounts() throws Exception {
    Cgroups groups = RecordedTree.open("v2-over-tmpfs", root);
    assertThat(groups.layout()).isEqualTo(CgroupLayout.V2);
  }

  @Test
  void version2ControllersAreEnabledOnTheWayDown() throws Exception {
    Cgroups groups = RecordedTree.open("v2", root);
    Path top = root.resolve("sys/fs/cgroup");
    Files.writeString(top.resolve("cgroup.subtree_control"), "cpuset");
    Files.writeString(top.resolve("kubepods/cgroup.controllers"), "memory pids\n");
    Files.writeString(top.resolve("kubepods/cgroup.subtree_control"), "pids\n");
    groups.create("/kubepods/pod2");
    // A plain file keeps the last thing written, a real one adds it up.
    assertThat(top.resolve("cgroup.subtree_control")).content().contains("+misc");
    assertThat(top.resolve("kubepods/cgroup.subtree_control")).content().startsWith("+memor");
    assertThat(groups.exists("/kubepods/pod2")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "", "a", "/a/../b", "/a//b", "/./a", "/a/"})
  void pathsThatAreNoGroupAreRefused(String path) throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    assertThatThrownBy(() -> groups.remove(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid control group path \"" + path + "\"");
  }

  @Test
  void aHostWithoutGroupsIsSaid() {
    assertThatThrownBy(() -> Cgroups.detect(Linux.get(), root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("proc/self/mountinfo");
  }
}
