package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.CgroupDriver;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.HugepageLimit;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.it.node.ParentCgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits, read back from the files of the container's cgroups (v1 or v2). */
class ResourcesTest {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void limitsAreInTheKernelAndInTheStatus() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(64 << 20)
        .setCpuShares(512)
        .setCpuPeriod(100_000)
        .setCpuQuota(50_000)
        .setCpusetCpus("0")
        .setOomScoreAdj(500);
    TestContainer container = pod.start(config);

    assertThat(read(container, "memory", "memory.limit_in_bytes", "memory.max"))
        .isEqualTo(Integer.toString(64 << 20));
    if (unified()) {
      assertThat(read(container, "cpu", "", "cpu.max")).isEqualTo("50000 100000");
      assertThat(read(container, "cpu", "", "cpu.weight")).isEqualTo("20");
    } else {
      assertThat(read(container, "cpu", "cpu.shares", "")).isEqualTo("512");
      assertThat(read(container, "cpu", "cpu.cfs_quota_us", "")).isEqualTo("50000");
      assertThat(read(container, "cpu", "cpu.cfs_period_us", "")).isEqualTo("100000");
    }
    assertThat(read(container, "cpuset", "cpuset.cpus", "cpuset.cpus")).isEqualTo("0");
    assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/oom_score_adj")).strip())
        .isEqualTo("500");

    LinuxContainerResources told = container.status().getResources().getLinux();
    assertThat(told.getMemoryLimitInBytes()).isEqualTo(64 << 20);
    assertThat(told.getCpuQuota()).isEqualTo(50_000);
    assertThat(told.getOomScoreAdj()).isEqualTo(500);
  }

  @Test
  void aContainerThatOutgrowsItsMemoryEndsAsOomKilled() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "x=a; while :; do x=$x$x; done; true");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    ContainerStatus status = pod.start(config).awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @Test
  void aContainerThatWeKillIsNotOomKilledThoughAChildOfItWas() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        pod.container(
            "sh", "-c", "(x=a; while :; do x=$x$x; done); echo goes on; exec sleep 100000");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    TestContainer container = pod.start(config);
    container.awaitLog("goes on");
    container.stop(0);
    assertThat(container.status().getReason()).isEqualTo("Error");
    assertThat(container.status().getExitCode()).isEqualTo(137);
  }

  @Test
  void swapIsAllowedAsFarAsItWasAskedFor() throws IOException {
    long mib = 1 << 20;
    TestPod pod = NODE.pod();
    ContainerConfig.Builder none = pod.container("sleep", "100000");
    none.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(64 * mib);
    ContainerConfig.Builder some = pod.container("sleep", "100000");
    some.getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(64 * mib)
        .setMemorySwapLimitInBytes(96 * mib);
    // version 1 counts memory and swap together, version 2 swap alone
    assertThat(swap(pod.start(none))).isEqualTo(unified() ? 0 : 64 * mib);
    TestContainer swapping = pod.start(some);
    assertThat(swap(swapping)).isEqualTo(unified() ? 32 * mib : 96 * mib);
    assertThat(swapping.status().getResources().getLinux().getMemorySwapLimitInBytes())
        .isEqualTo(96 * mib);
  }

  private static long swap(TestContainer container) throws IOException {
    return Long.parseLong(
        read(container, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"));
  }

  @Test
  void hugePagesOfNoSuchSizeAreRefusedAndLimitsOfZeroAreNot() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .addHugepageLimits(HugepageLimit.newBuilder().setPageSize("3MB").setLimit(3 << 20));
    assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "huge");
    NODE.assertNoSnapshotIsLeft();

    ContainerConfig.Builder zero = pod.container("sleep", "100000");
    zero.getLinuxBuilder()
        .getResourcesBuilder()
        .addHugepageLimits(HugepageLimit.newBuilder().setPageSize("2MB"))
        .addHugepageLimits(HugepageLimit.newBuilder().setPageSize("1GB"));
    assertThat(pod.start(zero).sh("echo up")).isEqualTo("up");
  }

  @Test
  void filesOfVersionTwoAreWrittenThereAndRefusedOnVersionOne() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getLinuxBuilder().getResourcesBuilder().putUnified("memory.high", "50000000");
    if (unified()) {
      assertThat(read(pod.start(config), "memory", "", "memory.high")).isEqualTo("49999872");
    } else {
      assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "memory.high");
    }
    config.getLinuxBuilder().getResourcesBuilder().putUnified("../cgroup.procs", "1");
    assertRefused(() -> pod.create(config), Code.INVALID_ARGUMENT, "unified", "../cgroup.procs");
  }

  /** The kubelet makes the pods' cgroups in the way that this says. */
  @Test
  void theKubeletIsToldWhoMakesCgroups() throws IOException {
    TestContainer container = NODE.pod().idle();
    boolean scope =
        Files.readString(Path.of("/proc/" + container.pid() + "/cgroup")).contains(".scope");
    assertThat(ParentCgroup.driver(NODE))
        .isEqualTo(scope ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS);
  }

  @Test
  void theContainersCgroupLiesBelowThePods() throws IOException {
    var sandbox = NODE.podConfig();
    try (ParentCgroup parent = ParentCgroup.of(NODE)) {
      sandbox.getLinuxBuilder().setCgroupParent(parent.path());
      TestPod pod = NODE.pod(sandbox);
      TestContainer container = pod.idle();
      assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/cgroup")))
          .containsPattern(Pattern.quote(":" + parent.path() + "/") + "\\S*" + container.id());
      pod.remove();
    }
  }

  private static boolean unified() {
    return Files.exists(CGROUPS.resolve("cgroup.controllers"));
  }

  private static String read(TestContainer container, String controller, String v1, String v2)
      throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + container.pid() + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (unified() && fields[1].isEmpty()) {
        return Files.readString(Path.of(CGROUPS + fields[2], v2)).strip();
      }
      if (!unified() && java.util.List.of(fields[1].split(",", -1)).contains(controller)) {
        return Files.readString(Path.of(CGROUPS + "/" + controller + fields[2], v1)).strip();
      }
    }
    throw new AssertionError("no cgroup of " + controller);
  }
}
