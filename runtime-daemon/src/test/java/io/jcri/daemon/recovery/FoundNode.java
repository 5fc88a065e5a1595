package io.jcri.daemon.recovery;

import io.jcri.cni.Cni;
import io.jcri.cni.CniSettings;
import io.jcri.daemon.checkpoint.PodRestore;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerCreation;
import io.jcri.daemon.container.ContainerHooks;
import io.jcri.daemon.container.ContainerResources;
import io.jcri.daemon.container.ContainerRun;
import io.jcri.daemon.container.ContainerShims;
import io.jcri.daemon.container.ContainerSteps;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.PublishedEventsFile;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.NoFetcher;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.node.SelinuxFacts;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.pod.SandboxContainers;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.Sandboxes;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.shim.ShimLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon has left in a folder, and the parts of the next one that deal with it. Its two OCI
 * runtimes are scripts that note what they are asked; nothing runs and nothing is mounted.
 */
final class FoundNode implements AutoCloseable {
  static final String POD = "a".repeat(64);
  static final String CONTAINER = "b".repeat(64);
  static final String BOOT = "this-boot";

  private static final ContainerRecovery.Patience IMPATIENT =
      new ContainerRecovery.Patience(Duration.ofMillis(50), Duration.ofMillis(50));

  private final Path directory;
  private final Mounts mounts = new Mounts(Linux.get());
  private final KeyedLocks locks = new KeyedLocks();
  private final Clock clock = Clock.system();
  private final Cgroups cgroups;
  private final Cni cni;
  final Layout layout;
  final RecordStore<Pod> podRecords;
  final RecordStore<Container> containerRecords;
  final Registry<Pod> pods;
  final Registry<Container> containers;

  FoundNode(Path directory) throws IOException {
    this.directory = directory;
    this.layout = new Layout(directory.resolve("lib"), directory.resolve("run"));
    this.podRecords = new RecordStore<>(layout.podRecords(), Pod.class);
    this.containerRecords = new RecordStore<>(layout.containerRecords(), Container.class);
    this.pods = new Registry<>("pod sandbox", Pod::id, podRecords);
    this.containers = new Registry<>("container", Container::id, containerRecords);
    Files.createDirectories(layout.containers());
    Files.createDirectories(layout.pods());
    Files.createDirectories(layout.paused());
    Files.createDirectories(layout.restoring());
    Files.createDirectories(directory.resolve("proc/self"));
    Files.writeString(
        directory.resolve("proc/self/mountinfo"),
        "35 25 0:30 / /sys/fs/cgroup rw - cgroup2 none rw\n");
    Files.createDirectories(directory.resolve("sys/fs/cgroup"));
    this.cgroups = Cgroups.detect(Linux.get(), directory);
    this.cni =
        Cni.open(
            new CniSettings(
                directory.resolve("net.d"),
                List.of(),
                directory.resolve("cni"),
                directory.resolve("leases"),
                1,
                Duration.ofSeconds(1),
                Optional.empty(),
                "none",
                "none"));
    runtime("one", "exit 0");
    runtime("other", "exit 0");
  }

  /** Returns when nothing in the background works with the container or its folder any more. */
  @Override
  public void close() {
    try (KeyedLocks.Held _ = locks.hold(CONTAINER)) {
      cni.close();
    }
  }

  /**
   * An OCI runtime that notes of which container it was asked what, and then does this. How old it
   * is, it is asked behind a test's back, so of that it writes nothing.
   */
  void runtime(String name, String script) throws IOException {
    Path program = directory.resolve(name);
    Files.writeString(
        program,
        """
        #!/bin/sh
        for last; do before=$verb verb=$last; done
        [ ${#verb} != 64 ] || echo "$before $verb" >> %s
        %s
        """
            .formatted(directory.resolve(name + ".asked"), script));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What a runtime was asked of containers, by verb and id. */
  List<String> asked(String name) throws IOException {
    Path file = directory.resolve(name + ".asked");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(line -> line.matches("\\S+ \\w{64}")).toList()
        : List.of();
  }

  Handlers handlers() {
    String config =
        "default_handler = \"one\"\n"
            + "[handlers.one]\nbinary = \"%1$s/one\"\n[handlers.other]\nbinary = \"%1$s/other\"\n"
                .formatted(directory);
    return Handlers.find(
        ConfigFile.parse(config, "test"),
        layout,
        MadeUpNode.with(CgroupDriver.CGROUPFS),
        directory.resolve("no-adapter"));
  }

  private Pods allPods() {
    return Samples.part(Pods.class, pods, Selinux.of(SelinuxFacts.NONE), clock, BOOT);
  }

  private ContainerShims shims() {
    return new ContainerShims(
        new ShimLauncher(directory.resolve("no-shim")),
        layout,
        handlers(),
        allPods(),
        new CgroupPaths(CgroupDriver.CGROUPFS),
        cgroups,
        clock,
        () -> DaemonConfig.defaults().containers());
  }

  private RootFilesystems rootFilesystems() {
    return ImageSetup.open(
            DaemonConfig.defaults().images(), layout, new NoFetcher(), Linux.get(), mounts)
        .rootFilesystems();
  }

  ContainerRecovery containerRecovery() {
    ContainerSteps steps = new ContainerSteps(containers);
    ContainerShims shims = shims();
    ContainerCreation creation =
        Samples.part(
            ContainerCreation.class,
            containers,
            Samples.part(ContainerResources.class, rootFilesystems(), layout),
            locks,
            steps);
    ContainerRun run =
        new ContainerRun(containers, allPods(), shims, ContainerHooks.NONE, clock, locks, steps);
    return new ContainerRecovery(containers, steps, creation, run, shims, clock, BOOT, IMPATIENT);
  }

  CheckpointLeftovers checkpointLeftovers() {
    Containers all = Samples.part(Containers.class, containers);
    return new CheckpointLeftovers(
        allPods(), all, handlers(), layout, Samples.part(PodRestore.class, allPods(), all, layout));
  }

  UnrecordedLeftovers unrecordedLeftovers() {
    return new UnrecordedLeftovers(
        layout,
        containers,
        allPods(),
        shims(),
        rootFilesystems(),
        new PodNetworks(cni),
        new Sandboxes(directory.resolve("no-helper"), Linux.get(), mounts, cgroups),
        new SandboxContainers(
            new ShimLauncher(directory.resolve("no-shim")),
            layout,
            handlers(),
            new CgroupPaths(CgroupDriver.CGROUPFS),
            cgroups,
            directory.resolve("no-pause"),
            (_, _, _) -> new byte[0]));
  }

  Recovery recovery() {
    return new Recovery(
        new FoundRecords(podRecords, containerRecords, layout, clock, BOOT),
        new Events(PublishedEventsFile.open(directory.resolve("events"), BOOT), clock),
        allPods(),
        containerRecovery(),
        checkpointLeftovers(),
        unrecordedLeftovers());
  }
}
