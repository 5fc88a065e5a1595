package io.jcri.daemon.cri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.NoFetcher;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.Digest;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is on a node with 10,000 pods, a container in each, and as many images; nothing runs. */
record LargeNode(Pods pods, Containers containers, Images images, Stats stats, Metrics metrics) {
  /** Of each kind. */
  static final int OBJECTS = 10_000;

  static LargeNode in(Path directory) throws IOException {
    Layout layout = new Layout(directory, directory);
    writeImages(layout.images());
    Clock clock = Clock.system();
    CgroupPaths paths = new CgroupPaths(CgroupDriver.CGROUPFS);
    Cgroups cgroups = Cgroups.detect();
    ImageSetup store =
        ImageSetup.open(
            DaemonConfig.defaults().images(),
            layout,
            new NoFetcher(),
            Linux.get(),
            new Mounts(Linux.get()));
    Images images = store.images();
    Stats stats =
        new Stats(
            cgroups,
            paths,
            Handlers.find(
                DaemonConfig.defaults(),
                layout,
                MadeUpNode.with(CgroupDriver.CGROUPFS),
                directory.resolve("no-adapter")),
            store.rootFilesystems(),
            clock,
            _ -> true);
    return new LargeNode(
        Samples.part(Pods.class, pods(directory), clock),
        Samples.part(Containers.class, containers(directory)),
        images,
        stats,
        new Metrics(
            cgroups,
            paths,
            MadeUpNode.with(CgroupDriver.CGROUPFS),
            stats,
            directory,
            Linux.get(),
            clock));
  }

  private static Registry<Pod> pods(Path directory) throws IOException {
    Registry<Pod> pods =
        new Registry<>(
            "pod sandbox", Pod::id, new RecordStore<>(directory.resolve("pods"), Pod.class));
    for (int i = 0; i < OBJECTS; i++) {
      pods.addLoaded(
          Samples.in(
              Samples.pod("pod%05d".formatted(i), 1 + i),
              i % 2 == 0 ? PodPhase.READY : PodPhase.NOT_READY));
    }
    return pods;
  }

  private static Registry<Container> containers(Path directory) throws IOException {
    Registry<Container> containers =
        new Registry<>(
            "container",
            Container::id,
            new RecordStore<>(directory.resolve("containers"), Container.class));
    for (int i = 0; i < OBJECTS; i++) {
      containers.addLoaded(
          Samples.in(
              Samples.container("container%05d".formatted(i), "pod%05d".formatted(i), 1 + i),
              i % 2 == 0 ? ContainerPhase.CREATED : ContainerPhase.EXITED));
    }
    return containers;
  }

  /** Records of images without layers, as the store describes them. */
  private static void writeImages(Path store) throws IOException {
    Path records = Files.createDirectories(store.resolve("images"));
    for (int i = 0; i < OBJECTS; i++) {
      String id = Digest.of(("image" + i).getBytes(StandardCharsets.UTF_8)).toString();
      String record =
          """
          {"version":1,"id":"%1$s","tags":["registry.example/image:%2$d"],"digests":[],\
          "diffIds":[],"size":%2$d,"pinned":false,"created":"2026-01-01T00:00:00Z","config":"{}"}\
          """
              .formatted(id, 1 + i);
      Files.writeString(
          records.resolve(id.substring("sha256:".length()) + ".json"),
          record + "\n" + Digest.of(record.getBytes(StandardCharsets.UTF_8)).hex() + "\n");
    }
  }
}
