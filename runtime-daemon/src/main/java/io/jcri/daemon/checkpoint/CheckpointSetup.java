package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.archive.FileArchive;
import io.jcri.sandbox.linux.Syscalls;

/** The parts of this package, put together. */
public final class CheckpointSetup {
  private final Checkpoints checkpoints;
  private final PodRestore restore;

  public CheckpointSetup(
      Layout layout,
      Kernel kernel,
      Handlers handlers,
      ImageSetup store,
      PodSetup pod,
      ContainerSetup container) {
    Syscalls syscalls = kernel.syscalls();
    RootFilesystems rootFilesystems = store.rootFilesystems();
    Pods pods = pod.pods();
    Containers containers = container.containers();
    Criu criu = new Criu("criu");
    FileArchive archives = new FileArchive(syscalls);
    Capture capture = new Capture(rootFilesystems, layout, archives, syscalls);
    this.checkpoints = new Checkpoints(pods, containers, handlers, layout, capture, criu);
    this.restore =
        new PodRestore(
            pods,
            containers,
            handlers,
            layout,
            criu,
            new ContainerRestore(rootFilesystems, layout, archives, syscalls));
  }

  public Checkpoints checkpoints() {
    return checkpoints;
  }

  public PodRestore restore() {
    return restore;
  }
}
