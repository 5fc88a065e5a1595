package io.jcri.daemon.cri.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.ContainerStatsFilter;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.PodSandboxStatsFilter;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.NoFetcher;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures of containers of which not all is known. */
class ContainerStatsTest {
  private static final String POD = "a".repeat(64);
  private static final String CONTAINER = "b".repeat(64);

  @TempDir private Path directory;
  private Registry<Pod> pods;
  private Registry<Container> containers;
  private Containers served;
  private StatsCollection stats;

  @BeforeEach
  void open() throws IOException {
    Layout layout = new Layout(directory.resolve("lib"), directory.resolve("run"));
    pods = new Registry<>("pod", Pod::id, new RecordStore<>(layout.podRecords(), Pod.class));
    containers =
        new Registry<>(
            "container",
            Container::id,
            new RecordStore<>(layout.containerRecords(), Container.class));
    Files.createDirectories(directory.resolve("proc/self"));
    Files.writeString(
        directory.resolve("proc/self/mountinfo"),
        "35 25 0:30 / /sys/fs/cgroup rw - cgroup2 none rw\n");
    Path cgroup =
        Files.createDirectories(directory.resolve("sys/fs/cgroup/kubepods/pod1/" + CONTAINER));
    Files.writeString(cgroup.resolve("cpu.stat"), "usage_usec 5\n");
    ImageSetup images =
        ImageSetup.open(
            DaemonConfig.defaults().images(),
            layout,
            new NoFetcher(),
            Linux.get(),
            new Mounts(Linux.get()));
    served = Samples.part(Containers.class, containers);
    stats =
        new StatsCollection(
            Samples.part(Pods.class, pods),
            served,
            new Stats(
                Cgroups.detect(Linux.get(), directory),
                new CgroupPaths(CgroupDriver.CGROUPFS),
                Handlers.find(
                    ConfigFile.parse(
                        "[handlers.boxed]\nsandbox = \"container\"\nbinary = \"%s\""
                            .formatted(runtime()),
                        "test"),
                    layout,
                    MadeUpNode.with(CgroupDriver.CGROUPFS),
                    directory.resolve("no-adapter")),
                images.rootFilesystems(),
                Clock.system(),
                _ -> true),
            images.images());
  }

  private Path runtime() throws IOException {
    Path program = directory.resolve("runtime");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo '{"type":"stats","data":{"cpu":{"usage":{"total":77}},"memory":{"usage":{"usage":7}}}}'
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private void pod(String handler) throws IOException {
    pods.addLoaded(
        Samples.record(
            Pod.class,
            Map.of(
                "id",
                POD,
                "phase",
                PodPhase.READY,
                "config",
                Samples.record(
                    PodConfig.class,
                    Map.of("cgroupParent", "/kubepods/pod1", "handler", handler)))));
  }

  private io.jcri.cri.v1.ContainerStats ofOne() throws Exception {
    return new ContainerStats(served, stats)
        .handle(ContainerStatsRequest.newBuilder().setContainerId(CONTAINER).build())
        .getStats();
  }

  private void unreadable() {
    containers.addUnreadable(
        UnreadableContainer.of(CONTAINER, "why", directory.resolve("bundle"), 1, "boot"));
  }

  @Test
  void oneThatDoesNotTellItsPodIsThereWithoutFiguresOfACgroup() throws Exception {
    unreadable();
    io.jcri.cri.v1.ContainerStats found = ofOne();
    assertThat(found.getAttributes().getId()).isEqualTo(CONTAINER);
    assertThat(found.getAttributes().getAnnotationsMap())
        .containsKey(UnreadableContainer.ANNOTATION);
    assertThat(found.hasCpu()).isFalse();
    assertThat(found.hasWritableLayer()).isTrue();
    assertThat(stats.containers(ContainerStatsFilter.getDefaultInstance()))
        .singleElement()
        .returns(CONTAINER, row -> row.getAttributes().getId());
    List<io.jcri.cri.v1.ContainerStats> rows = new ArrayList<>();
    stats.containers(ContainerStatsFilter.getDefaultInstance(), rows::add);
    assertThat(rows).hasSize(1);
  }

  @Test
  void oneOfAPodThatIsKnownHasTheFiguresOfItsCgroup() throws Exception {
    pod("runc");
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.UNKNOWN));
    assertThat(ofOne().getCpu().getUsageCoreNanoSeconds().getValue()).isEqualTo(5_000);
  }

  @Test
  void oneInsideOfASandboxContainerHasTheFiguresThatItsRuntimeTells() throws Exception {
    pod("boxed");
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
    assertThat(ofOne())
        .returns(77L, told -> told.getCpu().getUsageCoreNanoSeconds().getValue())
        .returns(7L, told -> told.getMemory().getWorkingSetBytes().getValue());
    assertThat(stats.containers(ContainerStatsFilter.getDefaultInstance()))
        .singleElement()
        .returns(77L, told -> told.getCpu().getUsageCoreNanoSeconds().getValue());
    List<io.jcri.cri.v1.PodSandboxStats> rows = new ArrayList<>();
    stats.pods(PodSandboxStatsFilter.getDefaultInstance(), rows::add);
    assertThat(rows)
        .singleElement()
        .returns(
            77L,
            told -> told.getLinux().getContainers(0).getCpu().getUsageCoreNanoSeconds().getValue());
  }

  @Test
  void andThoseOfItsCgroupWhenThereAreProcessesInThat() throws Exception {
    pod("boxed");
    Files.writeString(
        directory.resolve("sys/fs/cgroup/kubepods/pod1/" + CONTAINER + "/cgroup.procs"), "4711\n");
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
    assertThat(ofOne().getCpu().getUsageCoreNanoSeconds().getValue()).isEqualTo(5_000);
  }

  @Test
  void oneThatHasEndedIsNotAskedOf() throws Exception {
    pod("boxed");
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.EXITED));
    assertThat(stats.containers(ContainerStatsFilter.getDefaultInstance()))
        .singleElement()
        .returns(false, told -> told.hasCpu());
  }

  @Test
  void oneWhosePodHasGoneIsNotThere() {
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
    assertThatThrownBy(this::ofOne).isInstanceOf(JcriException.class).hasMessageContaining(POD);
  }
}
