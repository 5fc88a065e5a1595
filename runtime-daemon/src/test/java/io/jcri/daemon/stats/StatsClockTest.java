package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.NoFetcher;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsClockTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path root;
  private Instant wall = Instant.parse("2026-01-01T12:00:00Z");
  private long nanoTime = 7;

  private void used(long micros) throws IOException {
    Files.writeString(
        root.resolve("sys/fs/cgroup/kubepods/pod1/cpu.stat"), "usage_usec " + micros + "\n");
  }

  @Test
  void ratesGoOnWhenTheWallClockIsSetBack() throws Exception {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(
        root.resolve("proc/self/mountinfo"), "35 25 0:30 / /sys/fs/cgroup rw - cgroup2 none rw\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/kubepods/pod1"));
    Pod pod =
        Samples.record(
            Pod.class,
            Map.of(
                "id",
                "pod1",
                "phase",
                PodPhase.READY,
                "config",
                Samples.record(PodConfig.class, Map.of("cgroupParent", "/kubepods/pod1"))));
    Stats stats =
        new Stats(
            Cgroups.detect(Linux.get(), root),
            new CgroupPaths(CgroupDriver.CGROUPFS),
            Handlers.find(
                DaemonConfig.defaults(),
                new Layout(root, root),
                MadeUpNode.with(CgroupDriver.CGROUPFS),
                root.resolve("no-adapter")),
            ImageSetup.open(
                    DaemonConfig.defaults().images(),
                    new Layout(root, root),
                    new NoFetcher(),
                    Linux.get(),
                    new Mounts(Linux.get()))
                .rootFilesystems(),
            new Clock(() -> wall),
            () -> nanoTime,
            _ -> true);
    used(1_000_000);
    assertThat(stats.of(pod).cgroup()).isPresent();
    used(2_000_000);
    nanoTime += 2 * SECOND;
    wall = wall.minusSeconds(3600);
    Usage usage = stats.of(pod);
    assertThat(usage.nanoCores()).isEqualTo(SECOND / 2);
    assertThat(usage.at()).as("a stamp is the wall's").isEqualTo(new Clock(() -> wall).nanos());
  }
}
