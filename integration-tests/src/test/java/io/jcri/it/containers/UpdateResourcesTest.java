package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.HugepageLimit;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** UpdateContainerResources: all of a change is in force, kept and told, or nothing is. */
class UpdateResourcesTest {
  private static final long MIB = 1 << 20;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aRunningContainersLimitsChangeInTheKernelTheStatusAndTheSpec() throws IOException {
    TestContainer container = limited();
    container.update(
        resources()
            .setMemoryLimitInBytes(128 * MIB)
            .setCpuPeriod(50_000)
            .setCpuQuota(20_000)
            .setCpuShares(256)
            .setCpusetCpus("0")
            .setOomScoreAdj(700));

    assertThat(memory(container)).isEqualTo(Long.toString(128 * MIB));
    assertThat(cpu(container)).isEqualTo("20000 50000");
    assertThat(shares(container)).isEqualTo(Cgroup.unified() ? "10" : "256");
    assertThat(Cgroup.read(container, "cpuset", "cpuset.cpus", "cpuset.cpus")).isEqualTo("0");
    assertThat(oomScore(container)).isEqualTo("700");

    LinuxContainerResources told = container.status().getResources().getLinux();
    assertThat(told.getMemoryLimitInBytes()).isEqualTo(128 * MIB);
    assertThat(told.getCpuQuota()).isEqualTo(20_000);
    assertThat(told.getCpuPeriod()).isEqualTo(50_000);
    assertThat(told.getCpuShares()).isEqualTo(256);
    assertThat(told.getCpusetCpus()).isEqualTo("0");
    assertThat(told.getOomScoreAdj()).isEqualTo(700);
    assertThat(container.info())
        .contains("\"limit\":" + 128 * MIB, "\"quota\":20000", "\"oomScoreAdj\":700");
  }

  @Test
  void whatIsZeroStaysAsItIs() throws IOException {
    TestContainer container = limited();
    container.update(resources().setCpuQuota(30_000));
    assertThat(memory(container)).isEqualTo(Long.toString(64 * MIB));
    assertThat(cpu(container)).isEqualTo("30000 100000");
    assertThat(oomScore(container)).isEqualTo("100");
    assertThat(container.status().getResources().getLinux().getMemoryLimitInBytes())
        .isEqualTo(64 * MIB);
  }

  @Test
  void aLimitCanBeRaisedAndLoweredAndTakenAway() throws IOException {
    TestContainer container = limited();
    container.update(resources().setMemoryLimitInBytes(256 * MIB));
    assertThat(memory(container)).isEqualTo(Long.toString(256 * MIB));
    container.update(resources().setMemoryLimitInBytes(48 * MIB));
    assertThat(memory(container)).isEqualTo(Long.toString(48 * MIB));
    container.update(
        resources().setMemoryLimitInBytes(-1).setMemorySwapLimitInBytes(-1).setCpuQuota(-1));
    assertThat(memory(container)).isIn("max", "9223372036854771712");
    assertThat(cpu(container)).isIn("max 100000", "-1 100000");
  }

  /** OCI runtimes and systemd set to their defaults what an update does not name. */
  @Test
  void whatUnifiedSaidStaysThroughUpdates() throws IOException {
    assumeTrue(Cgroup.unified(), "version 1 has no such files");
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = limits(pod);
    Map<String, String> unified = Map.of("io.weight", "default 250", "memory.high", "50331648");
    config.getLinuxBuilder().getResourcesBuilder().putAllUnified(unified);
    TestContainer container = pod.start(config);
    for (int quota = 20_000; quota <= 60_000; quota += 20_000) {
      container.update(resources().setCpuQuota(quota));
      assertThat(cpu(container)).isEqualTo(quota + " 100000");
      assertThat(Cgroup.read(container, "io", "", "io.weight")).isEqualTo("default 250");
      assertThat(Cgroup.read(container, "memory", "", "memory.high")).isEqualTo("50331648");
    }
    container.update(resources().putUnified("io.weight", "default 300"));
    container.update(resources().setCpuShares(300));
    assertThat(Cgroup.read(container, "io", "", "io.weight")).isEqualTo("default 300");
  }

  @Test
  void aCreatedContainerStartsWithItsNewLimits() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.create(limits(pod));
    container.update(resources().setMemoryLimitInBytes(96 * MIB).setOomScoreAdj(321));
    assertThat(container.status().getResources().getLinux().getMemoryLimitInBytes())
        .isEqualTo(96 * MIB);
    container.start();
    assertThat(memory(container)).isEqualTo(Long.toString(96 * MIB));
    assertThat(oomScore(container)).isEqualTo("321");
  }

  @Test
  void aRestartOfTheDaemonForgetsNothing() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.start(limits(pod));
    TestContainer created = pod.create(limits(pod));
    running.update(resources().setMemoryLimitInBytes(80 * MIB));
    created.update(resources().setMemoryLimitInBytes(90 * MIB));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(running.status().getResources().getLinux().getMemoryLimitInBytes())
        .isEqualTo(80 * MIB);
    assertThat(memory(running)).isEqualTo(Long.toString(80 * MIB));
    created.start();
    assertThat(memory(created)).isEqualTo(Long.toString(90 * MIB));
    running.update(resources().setMemoryLimitInBytes(70 * MIB));
    assertThat(memory(running)).isEqualTo(Long.toString(70 * MIB));
  }

  @Test
  void aChangeThatTheKernelRefusesIsTakenBackWhole() throws IOException {
    TestContainer container = limited();
    String spec = container.info();
    String message =
        assertRefused(
            () ->
                container.update(
                    resources()
                        .setMemoryLimitInBytes(128 * MIB)
                        .setCpuQuota(10_000)
                        .setCpuShares(2048)
                        .setOomScoreAdj(900)
                        .setCpusetCpus("4000")),
            Code.INVALID_ARGUMENT);
    assertThat(message).contains(container.id());

    assertUnchanged(container);
    assertThat(container.info()).isEqualTo(spec);
    container.update(resources().setMemoryLimitInBytes(128 * MIB));
    assertThat(memory(container)).isEqualTo(Long.toString(128 * MIB));
  }

  /** The kernel has all of it when the record turns out to be unwritable. */
  @Test
  void aChangeThatCanNotBeRecordedIsTakenBackWhole() throws IOException {
    TestContainer container = limited();
    String spec = container.info();
    // a folder at the place of the temporary file, so that no record can be written
    Path obstacle =
        NODE.daemon().root().resolve("containers").resolve(container.id() + ".json.tmp");
    Files.createDirectories(obstacle.resolve("x"));
    try {
      assertRefused(
          () ->
              container.update(
                  resources()
                      .setMemoryLimitInBytes(128 * MIB)
                      .setCpuQuota(10_000)
                      .setCpuShares(2048)
                      .setCpusetCpus("0")
                      .setOomScoreAdj(900)),
          Code.INTERNAL,
          container.id());
    } finally {
      Files.delete(obstacle.resolve("x"));
      Files.delete(obstacle);
    }
    assertUnchanged(container);
    assertThat(container.info()).isEqualTo(spec);
  }

  @Test
  void nonsenseIsRefusedByFieldAndNothingChanges() throws IOException {
    TestContainer container = limited();
    assertInvalid(container, resources().setOomScoreAdj(1001), "linux.oom_score_adj");
    assertInvalid(container, resources().setCpuPeriod(-1), "linux.cpu_period");
    assertInvalid(container, resources().setCpuQuota(5), "linux.cpu_quota");
    assertInvalid(container, resources().setCpuShares(-2), "linux.cpu_shares");
    assertInvalid(container, resources().setCpusetCpus("0;rm"), "linux.cpuset_cpus");
    assertInvalid(container, resources().setMemoryLimitInBytes(-7), "linux.memory_limit_in_bytes");
    assertInvalid(
        container,
        resources().setMemoryLimitInBytes(64 * MIB).setMemorySwapLimitInBytes(MIB),
        "below the memory limit");
    assertInvalid(container, resources().putUnified("../memory.max", "1"), "linux.unified");
    assertInvalid(
        container,
        resources().addHugepageLimits(HugepageLimit.newBuilder().setPageSize("../x").setLimit(1)),
        "linux.hugepage_limits");
    assertUnchanged(container);
  }

  @Test
  void aLimitThatThisNodeCanNotHoldIsRefused() throws IOException {
    TestContainer container = limited();
    assertRefused(
        () ->
            container.update(
                resources()
                    .setMemoryLimitInBytes(128 * MIB)
                    .addHugepageLimits(
                        HugepageLimit.newBuilder().setPageSize("3MB").setLimit(3 * MIB))),
        Code.FAILED_PRECONDITION);
    if (!Cgroup.unified()) {
      assertRefused(
          () -> container.update(resources().putUnified("memory.high", "1000000")),
          Code.FAILED_PRECONDITION,
          "memory.high");
    }
    assertUnchanged(container);
  }

  @Test
  void onlyWhatLivesCanBeChanged() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(
        () -> ended.update(resources().setCpuShares(10)), Code.FAILED_PRECONDITION, ended.id());
    assertRefused(
        () ->
            NODE.cri()
                .runtime()
                .updateContainerResources(
                    UpdateContainerResourcesRequest.newBuilder().setContainerId("nosuch").build()),
        Code.NOT_FOUND,
        "nosuch");
  }

  @Test
  void annotationsReachTheOciRuntimeAndNotTheStatus() throws IOException {
    TestContainer container = limited();
    NODE.cri()
        .runtime()
        .updateContainerResources(
            UpdateContainerResourcesRequest.newBuilder()
                .setContainerId(container.id())
                .putAnnotations("example.org/color", "blue")
                .build());
    assertThat(container.info()).contains("\"example.org/color\":\"blue\"");
    assertThat(container.status().getAnnotationsMap()).isEmpty();
    assertUnchanged(container);
  }

  private static void assertInvalid(
      TestContainer container, LinuxContainerResources.Builder resources, String part) {
    assertRefused(() -> container.update(resources), Code.INVALID_ARGUMENT, part);
  }

  /** As {@link #limits} has made it. */
  private static void assertUnchanged(TestContainer container) throws IOException {
    assertThat(memory(container)).isEqualTo(Long.toString(64 * MIB));
    assertThat(cpu(container)).isEqualTo("50000 100000");
    assertThat(shares(container)).isEqualTo(Cgroup.unified() ? "20" : "512");
    assertThat(Cgroup.read(container, "cpuset", "cpuset.cpus", "cpuset.cpus")).isNotEqualTo("0");
    assertThat(oomScore(container)).isEqualTo("100");
    LinuxContainerResources told = container.status().getResources().getLinux();
    assertThat(told.getMemoryLimitInBytes()).isEqualTo(64 * MIB);
    assertThat(told.getCpuQuota()).isEqualTo(50_000);
    assertThat(told.getCpuShares()).isEqualTo(512);
    assertThat(told.getCpusetCpus()).isEmpty();
    assertThat(told.getOomScoreAdj()).isEqualTo(100);
    assertThat(container.sh("echo alive")).isEqualTo("alive");
  }

  private static TestContainer limited() throws IOException {
    TestPod pod = NODE.pod();
    return pod.start(limits(pod));
  }

  private static ContainerConfig.Builder limits(TestPod pod) {
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(64 * MIB)
        .setCpuShares(512)
        .setCpuPeriod(100_000)
        .setCpuQuota(50_000)
        .setOomScoreAdj(100);
    return config;
  }

  private static LinuxContainerResources.Builder resources() {
    return LinuxContainerResources.newBuilder();
  }

  private static String memory(TestContainer container) throws IOException {
    return Cgroup.read(container, "memory", "memory.limit_in_bytes", "memory.max");
  }

  /** Quota and period. */
  private static String cpu(TestContainer container) throws IOException {
    return Cgroup.unified()
        ? Cgroup.read(container, "cpu", "", "cpu.max")
        : Cgroup.read(container, "cpu", "cpu.cfs_quota_us", "")
            + " "
            + Cgroup.read(container, "cpu", "cpu.cfs_period_us", "");
  }

  private static String shares(TestContainer container) throws IOException {
    return Cgroup.read(container, "cpu", "cpu.shares", "cpu.weight");
  }

  private static String oomScore(TestContainer container) throws IOException {
    return Files.readString(Path.of("/proc/" + container.pid() + "/oom_score_adj")).strip();
  }
}
