package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The runtime's verbs on real containers. */
class OciRuntimeKernelTest {
  private static final Path CRUN = Path.of("/usr/bin/crun");

  private BusyboxBundles bundles;
  private OciRuntime runtime;

  @BeforeEach
  void makeRootfs() throws IOException {
    bundles = new BusyboxBundles();
    runtime = bundles.runtime();
  }

  @AfterEach
  void removeIt() throws IOException {
    bundles.close();
  }

  @Test
  void tellsWhatRuncCanDo() {
    assertThat(runtime.version()).startsWith("runc version ");
    RuntimeFeatures features = runtime.features();
    assertThat(features.ociVersionMin()).isEqualTo("1.0.0");
    assertThat(features.recursiveReadOnlyMounts()).isTrue();
    assertThat(features.linux().orElseThrow().namespaces()).contains("user", "network");
    assertThat(features.linux().orElseThrow().cgroup().orElseThrow().v1()).isTrue();
  }

  @Test
  void expectsNothingOfARuntimeThatHasNoFeaturesVerb() {
    Assumptions.assumeTrue(Files.exists(CRUN), "crun is not installed");
    OciRuntime crun =
        new OciRuntime(new OciRuntime.Options(CRUN, bundles.directory().resolve("crun"), false));
    assertThat(crun.version()).startsWith("crun version ");
    RuntimeFeatures features = crun.features();
    assertThat(features.ociVersionMin()).startsWith("1.");
    assertThatThrownBy(() -> crun.state("ghost")).satisfies(e -> assertKind(e, Kind.NOT_FOUND));
    assertThat(crun.list()).isEmpty();
    crun.delete("ghost");
  }

  @Test
  void followsAContainerThroughItsLife() throws IOException {
    String id = bundles.start(bundles.spec("exec sleep 1000"));
    RuntimeState state = runtime.state(id);
    assertThat(state.running()).isTrue();
    assertThat(state.pid()).isPositive();
    assertThat(runtime.list()).containsExactly(id);

    runtime.pause(id);
    assertThat(runtime.state(id).status()).isEqualTo("paused");
    runtime.resume(id);
    assertThat(runtime.state(id).status()).isEqualTo("running");

    runtime.delete(id);
    ProcessHandle.of(state.pid()).ifPresent(init -> init.onExit().join());
    assertThatThrownBy(() -> runtime.state(id)).satisfies(e -> assertKind(e, Kind.NOT_FOUND));
    runtime.delete(id);
    assertThat(runtime.list()).isEmpty();
  }

  @Test
  void tellsWhatAContainerUses() throws IOException {
    String id = bundles.start(bundles.spec("exec sleep 1000"));
    RuntimeStats stats = runtime.stats(id, Duration.ofSeconds(10));
    assertThat(stats.cpuNanos()).isPositive();
    assertThat(stats.memory()).isPositive();
    assertThat(stats.processes()).isEqualTo(1);
    runtime.delete(id);
    assertThatThrownBy(() -> runtime.stats(id, Duration.ofSeconds(10)))
        .satisfies(e -> assertKind(e, Kind.NOT_FOUND));
  }

  @Test
  void killsByNumber() throws IOException {
    String id = bundles.start(bundles.spec("exec sleep 1000"));
    ProcessHandle init = ProcessHandle.of(runtime.state(id).pid()).orElseThrow();
    runtime.kill(id, 9);
    init.onExit().join();
    assertThatThrownBy(() -> runtime.pause(id)).isInstanceOf(OciException.class);
  }

  @Test
  void changesLimitsAndLeavesTheOthers() throws IOException {
    ContainerSpec spec = bundles.spec("exec sleep 1000");
    String id =
        bundles.start(
            spec.toBuilder()
                .resources(
                    spec.resources().toBuilder()
                        .memoryLimit(64 << 20)
                        .cpuShares(512)
                        .pidsLimit(20)
                        .build())
                .build());
    assertThat(cgroupFile("memory", "memory.limit_in_bytes")).isEqualTo("67108864");
    assertThat(cgroupFile("cpu", "cpu.shares")).isEqualTo("512");
    assertThat(cgroupFile("pids", "pids.max")).isEqualTo("20");

    runtime.update(
        id,
        LinuxResources.builder()
            .memoryLimit(128 << 20)
            .cpuQuota(50_000)
            .cpuPeriod(100_000)
            .build());
    assertThat(cgroupFile("memory", "memory.limit_in_bytes")).isEqualTo("134217728");
    assertThat(cgroupFile("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
    assertThat(cgroupFile("cpu", "cpu.shares")).isEqualTo("512");
    assertThat(cgroupFile("pids", "pids.max")).isEqualTo("20");

    assertThatThrownBy(() -> runtime.update(id, LinuxResources.builder().cpus("777").build()))
        .hasMessageContaining("cpuset");
  }

  @Test
  void namesTheContainerThatIsNotThere() {
    List<Runnable> verbs =
        List.of(
            () -> runtime.state("ghost"),
            () -> runtime.kill("ghost", 15),
            () -> runtime.pause("ghost"),
            () -> runtime.resume("ghost"),
            () -> runtime.update("ghost", LinuxResources.NONE));
    for (Runnable verb : verbs) {
      assertThatThrownBy(verb::run)
          .hasMessageContaining("ghost")
          .satisfies(e -> assertKind(e, Kind.NOT_FOUND));
    }
  }

  @Test
  void namesTheBinaryThatIsNotThere() {
    OciRuntime missing =
        new OciRuntime(new OciRuntime.Options(Path.of("/no/runc"), bundles.directory(), false));
    assertThatThrownBy(missing::features)
        .hasMessageContaining("/no/runc")
        .satisfies(e -> assertKind(e, Kind.FAILED_PRECONDITION));
  }

  @Test
  void doesNotWaitForWhatAVerbLeavesBehind() throws IOException {
    Path leaving = bundles.directory().resolve("leaving-runtime");
    Path pidFile = bundles.directory().resolve("pid");
    Files.writeString(
        leaving, "#!/bin/sh\nsleep 1000 &\necho $! > " + pidFile + "\necho version 1\n");
    Files.setPosixFilePermissions(leaving, PosixFilePermissions.fromString("rwxr-xr-x"));
    OciRuntime runtimeWithHook =
        new OciRuntime(new OciRuntime.Options(leaving, bundles.directory(), false));
    try {
      assertThat(runtimeWithHook.version()).isEqualTo("version 1");
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void endsAVerbThatHangs() throws IOException {
    Path hanging = bundles.directory().resolve("hanging-runtime");
    Path pidFile = bundles.directory().resolve("pid");
    Files.writeString(hanging, "#!/bin/sh\necho $$ > " + pidFile + "\nexec sleep 1000\n");
    Files.setPosixFilePermissions(hanging, PosixFilePermissions.fromString("rwxr-xr-x"));
    OciRuntime slow =
        new OciRuntime(
            new OciRuntime.Options(
                hanging, bundles.directory(), false, Duration.ofSeconds(5), List.of()));
    assertThatThrownBy(() -> slow.state("c1"))
        .hasMessage("hanging-runtime state c1 did not finish in 5000 ms")
        .satisfies(e -> assertKind(e, Kind.DEADLINE_EXCEEDED));
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }

  @Test
  void tellsWrongStatesFromFaults() {
    assertThat(OciRuntime.kindOf("cannot pause: container not running"))
        .isEqualTo(Kind.FAILED_PRECONDITION);
    assertThat(OciRuntime.kindOf("exec failed: \"/x\": no such file or directory"))
        .isEqualTo(Kind.INTERNAL);
  }

  @Test
  void readsTheMessagesOfJsonLogs() {
    assertThat(
            OciRuntime.errorText(
                "{\"level\":\"error\",\"msg\":\"first\",\"time\":\"t\"}\n\nplain\n{broken\n{}\n"))
        .isEqualTo("first; plain; {broken; {}");
    assertThat(OciRuntime.errorText("{\"level\":\"ERROR\",\"message\":\"youki's\"}\n"))
        .isEqualTo("youki's");
  }

  private String cgroupFile(String controller, String name) throws IOException {
    try (var in =
        Files.newInputStream(Path.of("/sys/fs/cgroup", controller, bundles.cgroup(), name))) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII).strip();
    }
  }

  private static void assertKind(Throwable failure, Kind kind) {
    assertThat(((OciException) failure).kind()).isEqualTo(kind);
  }
}
