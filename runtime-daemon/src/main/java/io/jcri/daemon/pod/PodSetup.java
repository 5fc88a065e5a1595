package io.jcri.daemon.pod;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.sandbox.Sandboxes;
import io.jcri.shim.ShimLauncher;
import java.io.IOException;
import java.util.function.Supplier;

/** Pods, and what others need that have to do with theirs: containers, recovery, figures. */
public record PodSetup(
    RecordStore<Pod> records,
    Pods pods,
    Sandboxes sandboxes,
    SandboxContainers containers,
    PodNetworks networks,
    CgroupPaths cgroups,
    Selinux selinux) {
  /**
   * No pods yet.
   *
   * @param settings of the day
   * @param request what shims are told that make the sandbox of a pod
   * @param watcher is told of every change
   * @throws IOException when there can be no records
   */
  public static PodSetup of(
      DaemonContext context,
      Kernel kernel,
      Handlers handlers,
      NativeBinaries binaries,
      PodNetworks networks,
      PodHooks hooks,
      Supplier<ContainerSettings> settings,
      SandboxRequest request,
      Registry.Watcher<Pod> watcher)
      throws IOException {
    Layout layout = context.layout();
    RecordStore<Pod> records = new RecordStore<>(layout.podRecords(), Pod.class);
    Sandboxes sandboxes =
        new Sandboxes(binaries.sandbox(), kernel.syscalls(), kernel.mounts(), kernel.cgroups());
    CgroupPaths cgroups = new CgroupPaths(kernel.facts().cgroups().driver());
    Selinux selinux = Selinux.of(kernel.facts().selinux());
    SandboxContainers containers =
        new SandboxContainers(
            new ShimLauncher(binaries.shim(), kernel.shims()),
            layout,
            handlers,
            cgroups,
            kernel.cgroups(),
            binaries.pause(),
            request);
    PodParts parts =
        new PodParts(
            layout,
            sandboxes,
            kernel.scopes(),
            cgroups,
            networks,
            kernel.syscalls(),
            containers,
            new SandboxSpecs(layout, handlers, settings));
    Pods pods =
        new Pods(
            new Registry<>("pod sandbox", Pod::id, records, watcher),
            parts,
            hooks,
            selinux,
            context.clock(),
            context.bootId());
    return new PodSetup(records, pods, sandboxes, containers, networks, cgroups, selinux);
  }
}
