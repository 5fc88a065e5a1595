package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.SampleSpecs;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupSupportTest {
  private static final CgroupSupport FULL =
      new CgroupSupport(true, Set.of("cpu", "cpuset", "memory", "pids", "hugetlb"), true);
  private static final CgroupSupport POOR = new CgroupSupport(false, Set.of("memory"), false);

  private static final String V2 = "35 25 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

  private static CgroupSupport of(Path root) throws IOException {
    return CgroupSupport.of(Cgroups.detect(Linux.get(), root), root);
  }

  @Test
  void takesTheControllersOfVersionOneOnAHybridHost(@TempDir Path root) throws IOException {
    write(
        root.resolve("proc/self/mountinfo"),
        """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """);
    write(root.resolve("sys/fs/cgroup/unified/cgroup.controllers"), "hugetlb\n");
    assertThat(of(root)).isEqualTo(new CgroupSupport(false, Set.of("cpu", "memory"), false));
    write(root.resolve("sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"), "1\n");
    assertThat(of(root).swap()).isTrue();
  }

  @Test
  void takesTheUnifiedControllersOnVersionTwo(@TempDir Path root) throws IOException {
    write(root.resolve("proc/self/mountinfo"), V2);
    write(root.resolve("sys/fs/cgroup/cgroup.controllers"), "cpuset cpu memory hugetlb\n");
    assertThat(of(root))
        .isEqualTo(new CgroupSupport(true, Set.of("cpuset", "cpu", "memory", "hugetlb"), false));
    write(root.resolve("proc/swaps"), "Filename\n");
    assertThat(of(root).swap()).isTrue();
  }

  @Test
  void aControllerThatOthersMountedIsNotOurs(@TempDir Path root) throws IOException {
    write(
        root.resolve("proc/self/mountinfo"),
        V2 + "99 30 0:50 / /opt/vpn/net_cls rw - cgroup none rw,net_cls\n");
    write(root.resolve("sys/fs/cgroup/cgroup.controllers"), "cpu memory\n");
    assertThat(of(root)).isEqualTo(new CgroupSupport(true, Set.of("cpu", "memory"), false));
  }

  @Test
  void readsThisHost() throws IOException {
    assertThat(of(Path.of("/")).controllers()).contains("memory");
  }

  @Test
  void allowsNoSwapUnlessAskedTo() {
    assertThat(FULL.fit(memory(100, 0)).memorySwap()).contains(100L);
    assertThat(FULL.fit(memory(100, 300)).memorySwap()).contains(300L);
    assertThat(FULL.fit(memory(100, -1)).memorySwap()).contains(-1L);
    assertThat(FULL.fit(memory(0, 0)).memorySwap()).isEmpty();
    assertThat(FULL.fit(memory(-1, 0)).memorySwap()).isEmpty();
  }

  @Test
  void leavesSwapOutWhereItIsNotAccounted() {
    assertThat(POOR.fit(memory(100, 300)).memorySwap()).isEmpty();
    assertThat(POOR.fit(memory(100, 0)).memoryLimit()).contains(100L);
    assertThat(POOR.swapLimit(memory(100, 300))).isEmpty();
  }

  @Test
  void refusesSwapBelowMemory() {
    assertThatThrownBy(() -> FULL.fit(memory(300, 100)))
        .hasMessage("memory and swap limit 100 is below the memory limit 300");
  }

  @Test
  void ignoresEmptyHugePageLimitsWithoutController() {
    assertThat(POOR.fit(hugepages(0)).hugepages()).isEmpty();
    assertThat(FULL.fit(hugepages(0)).hugepages()).hasSize(1);
    assertFails(POOR, hugepages(1));
  }

  @Test
  void namesWhatTheNodeCannotLimit() {
    assertFails(POOR, LinuxResources.builder().cpuShares(2).build());
    assertFails(POOR, LinuxResources.builder().cpus("0").build());
    assertFails(POOR, LinuxResources.builder().pidsLimit(5).build());
    assertFails(POOR, LinuxResources.builder().unified(Map.of("memory.high", "1")).build());
    assertThat(POOR.fit(LinuxResources.builder().pidsLimit(-1).build()).pidsLimit()).contains(-1L);
  }

  @Test
  void mergesUpdates() {
    LinuxResources before =
        LinuxResources.builder()
            .cpuShares(100)
            .memoryLimit(5)
            .hugepages(List.of(page("2MB", 1), page("1GB", 2)))
            .unified(Map.of("a", "1", "b", "2"))
            .devices(List.of(DeviceRule.DENY_ALL))
            .build();
    LinuxResources change =
        LinuxResources.builder()
            .cpuShares(200)
            .cpus("1")
            .hugepages(List.of(page("1GB", 3)))
            .unified(Map.of("b", "3"))
            .build();
    LinuxResources after = before.updatedBy(change);
    assertThat(after.cpuShares()).contains(200L);
    assertThat(after.memoryLimit()).contains(5L);
    assertThat(after.cpus()).isEqualTo(Optional.of("1"));
    assertThat(after.hugepages()).containsExactly(page("2MB", 1), page("1GB", 3));
    assertThat(after.unified()).isEqualTo(Map.of("a", "1", "b", "3"));
    assertThat(after.devices()).containsExactly(DeviceRule.DENY_ALL);
  }

  @Test
  void survivesARecordOnDisk() {
    ContainerSpec spec = SampleSpecs.devices();
    assertThat(Json.parse(Json.toBytes(spec), ContainerSpec.class)).isEqualTo(spec);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text);
  }

  private static LinuxResources memory(long limit, long swap) {
    return LinuxResources.builder().memoryLimit(limit).memorySwap(swap).build();
  }

  private static LinuxResources hugepages(long limit) {
    return LinuxResources.builder().hugepages(List.of(page("2MB", limit))).build();
  }

  private static LinuxResources.HugepageLimit page(String size, long limit) {
    return new LinuxResources.HugepageLimit(size, limit);
  }

  private static void assertFails(CgroupSupport support, LinuxResources resources) {
    assertThatThrownBy(() -> support.fit(resources)).isInstanceOf(OciException.class);
  }
}
