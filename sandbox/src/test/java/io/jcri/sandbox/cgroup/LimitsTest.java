package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of recorded hosts, remembered and put back. */
final class LimitsTest {
  private static final String POD = "/kubepods/pod1";

  @TempDir Path root;

  @Test
  void version1PutsBackEveryController() throws IOException {
    Cgroups groups = RecordedTree.open("v1", root);
    Path memory = write("sys/fs/cgroup/memory/kubepods/pod1/memory.limit_in_bytes", "67108864\n");
    Path swap =
        write("sys/fs/cgroup/memory/kubepods/pod1/memory.memsw.limit_in_bytes", "67108864\n");
    Path quota = write("sys/fs/cgroup/cpu,cpuacct/kubepods/pod1/cpu.cfs_quota_us", "-1\n");
    Path cpus = write("sys/fs/cgroup/cpuset/kubepods/pod1/cpuset.cpus", "0-1\n");

    Limits before = groups.limits(POD, List.of());
    assertThat(before.byName())
        .containsEntry("memory.limit_in_bytes", "67108864")
        .containsEntry("cpu.cfs_quota_us", "-1")
        .containsEntry("cpuset.cpus", "0-1");
    for (Path file : List.of(memory, swap, quota, cpus)) {
      Files.writeString(file, "999");
    }
    before.restore();
    assertThat(memory).hasContent("67108864");
    assertThat(swap).hasContent("67108864");
    assertThat(quota).hasContent("-1");
    assertThat(cpus).hasContent("0-1");
  }

  @Test
  void version2PutsBackWhatWasAskedForToo() throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    String pod = "sys/fs/cgroup/kubepods/pod1/";
    Path max = write(pod + "memory.max", "max\n");
    Path cpu = write(pod + "cpu.max", "50000 100000\n");
    Path cpus = write(pod + "cpuset.cpus", "\n");
    Path high = write(pod + "memory.high", "max\n");
    Path low = write(pod + "memory.low", "0\n");

    Limits before = groups.limits(POD, List.of("memory.high"));
    for (Path file : List.of(max, cpu, cpus, high, low)) {
      Files.writeString(file, "7");
    }
    before.restore();
    assertThat(max).hasContent("max");
    assertThat(cpu).hasContent("50000 100000");
    assertThat(Files.readString(cpus)).isBlank();
    assertThat(high).hasContent("max");
    assertThat(low).as("nobody asked for it").hasContent("7");
  }

  /** As crun makes it with systemd: some limits are in the inner group alone. */
  @Test
  void theOuterGroupsLimitIsToldUnlessItHasNone() throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    String pod = "sys/fs/cgroup/kubepods/pod1/";
    write(pod + "memory.max", "67108864\n");
    write(pod + "cpu.max", "max 100000\n");
    write(pod + "container/memory.max", "max\n");
    write(pod + "container/cpu.max", "50000 100000\n");
    assertThat(groups.limits(POD, List.of()).byName())
        .containsEntry("memory.max", "67108864")
        .containsEntry("cpu.max", "50000 100000");
  }

  @Test
  void whatAnotherChangeResetIsWrittenAgain() throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    String pod = "sys/fs/cgroup/kubepods/pod1/";
    Path weight = write(pod + "io.weight", "default 200\n");
    Path high = write(pod + "memory.high", "4096\n");
    Path max = write(pod + "memory.max", "max\n");
    Map<String, String> asked =
        Map.of("io.weight", "200", "memory.high", "4k", "memory.max", "max");

    Limits before = groups.limits(POD, asked.keySet());
    Files.writeString(weight, "d");
    Files.writeString(max, "7");
    before.keep(asked, Set.of());
    assertThat(weight).hasContent("200");
    assertThat(high).as("it holds what it held").hasContent("4096");
    assertThat(max).as("a field of its own says what it is to be").hasContent("7");

    before.keep(asked, Set.of("memory.high"));
    assertThat(high).content().as("systemd was told of a change, too").startsWith("4k");
  }

  @Test
  void aGroupThatIsGoneNeedsNothing() throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    groups.limits("/kubepods/gone", List.of()).restore();
    assertThat(root.resolve("sys/fs/cgroup/kubepods/gone")).doesNotExist();
  }

  @Test
  void hugePagesAreLimitedWithTheirReservation() throws IOException {
    Cgroups groups = RecordedTree.open("v2", root);
    Path limit = write("sys/fs/cgroup/kubepods/pod1/hugetlb.2MB.max", "max\n");
    Path reserved = write("sys/fs/cgroup/kubepods/pod1/hugetlb.2MB.rsvd.max", "max\n");
    groups.limitHugepages(POD, "2MB", 4 << 20);
    assertThat(Files.readString(limit)).startsWith("4194304");
    assertThat(Files.readString(reserved)).startsWith("4194304");
    assertThatThrownBy(() -> groups.limitHugepages(POD, "3MB", 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hugetlb.3MB.max");
    Cgroups without = RecordedTree.open("v1", root.resolve("v1"));
    assertThatThrownBy(() -> without.limitHugepages(POD, "2MB", 1)).hasMessageContaining("hugetlb");
  }

  private Path write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    return Files.writeString(path, text);
  }
}
