package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
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

  @Test
  void takesTheControllersOfVersionOneOnAHybridHost(@TempDir Path root) throws IOException {
    write(
        root.resolve("proc/cgroups"),
        """
        #subsys_name\thierarchy\tnum_cgroups\tenabled
        cpu\t1\t3\t1
        memory\t4\t22\t1
        hugetlb\t0\t3\t1
        """);
    write(root.resolve("sys/fs/cgroup/unified/cgroup.controllers"), "hugetlb\n");
    assertThat(CgroupSupport.detect(root))
        .isEqualTo(new CgroupSupport(false, Set.of("cpu", "memory"), false));
    write(root.resolve("sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"), "1\n");
    assertThat(CgroupSupport.detect(root).swap()).isTrue();
  }

  @Test
  void takesTheUnifiedControllersOnVersionTwo(@TempDir Path root) throws IOException {
    write(root.resolve("sys/fs/cgroup/cgroup.controllers"), "cpuset cpu memory hugetlb\n");
    assertThat(CgroupSupport.detect(root))
        .isEqualTo(new CgroupSupport(true, Set.of("cpuset", "cpu", "memory", "hugetlb"), false));
    write(root.resolve("proc/swaps"), "Filename\n");
    assertThat(CgroupSupport.detect(root).swap()).isTrue();
  }

  @Test
  void readsThisHost() {
    assertThat(CgroupSupport.detect(Path.of("/")).controllers()).contains("memory");
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
