package io.jcri.daemon.container;

import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Kernel;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.user.OpenatRootfsFiles;
import io.jcri.oci.user.UserResolver;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.shim.ShimLauncher;
import java.nio.file.Path;

/** The parts of this package, put together, and those that others need. */
public record ContainerSetup(
    Registry<Container> registry,
    ContainerSteps steps,
    ContainerCreation creation,
    ContainerRun run,
    ContainerShims shims,
    Containers containers) {
  /** As many parts as a container has to do with: nothing is decided here. */
  public static ContainerSetup of(
      Registry<Container> registry,
      DaemonContext context,
      Kernel kernel,
      CgroupPaths cgroupPaths,
      CgroupSupport limits,
      Handlers handlers,
      ImageSetup store,
      Pods pods,
      ContainerHooks hooks,
      CdiInjection cdi,
      Selinux selinux,
      ShimLauncher launcher) {
    Layout layout = context.layout();
    KeyedLocks locks = new KeyedLocks();
    ContainerSteps steps = new ContainerSteps(registry);
    ContainerShims shims =
        new ContainerShims(
            launcher, layout, handlers, pods, cgroupPaths, kernel.cgroups(), context.clock());
    ContainerCreation creation =
        new ContainerCreation(
            registry,
            pods,
            store.images(),
            store.rootFilesystems(),
            specs(registry, layout, kernel, cgroupPaths, limits, handlers, store, cdi),
            hooks,
            selinux,
            layout,
            context.clock(),
            context.bootId(),
            locks,
            steps);
    ContainerRun run =
        new ContainerRun(registry, pods, shims, hooks, context.clock(), locks, steps);
    ContainerUpdates updates =
        new ContainerUpdates(
            registry,
            pods,
            limits,
            new LiveLimits(handlers, kernel.cgroups(), cgroupPaths, kernel.scopes()),
            layout,
            locks);
    return new ContainerSetup(
        registry,
        steps,
        creation,
        run,
        shims,
        new Containers(registry, creation, run, updates, hooks));
  }

  private static SpecAssembly specs(
      Registry<Container> registry,
      Layout layout,
      Kernel kernel,
      CgroupPaths cgroupPaths,
      CgroupSupport limits,
      Handlers handlers,
      ImageSetup store,
      CdiInjection cdi) {
    Syscalls syscalls = kernel.syscalls();
    Images images = store.images();
    RootFilesystems rootFilesystems = store.rootFilesystems();
    return new SpecAssembly(
        cgroupPaths,
        limits,
        new UserResolver(new OpenatRootfsFiles(syscalls)),
        new SeccompProfiles(),
        new ContainerNamespaces(registry, kernel.cgroups().layout()),
        new MountPlan(
            layout,
            handlers,
            new BindMounts(kernel.mounts()),
            new ImageVolumes(images, rootFilesystems),
            new DeclaredVolumes(rootFilesystems, new Relabel(syscalls)),
            new Relabel(syscalls)),
        cdi,
        new AppArmor(Path.of("/")),
        new ContainerAnnotations(handlers));
  }
}
