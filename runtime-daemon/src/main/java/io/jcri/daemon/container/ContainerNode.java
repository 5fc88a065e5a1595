package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.node.Kernel;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.user.OpenatRootfsFiles;
import io.jcri.oci.user.UserResolver;
import io.jcri.shim.ShimLauncher;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The node as far as it has a part in containers: each part of this package that depends on the
 * node is made here.
 *
 * @param settings those of the day
 */
public record ContainerNode(
    Kernel kernel,
    Handlers handlers,
    CgroupPaths cgroupPaths,
    Selinux selinux,
    CdiInjection cdi,
    Supplier<ContainerSettings> settings) {
  /** Which limits the node's cgroups can hold. */
  CgroupSupport limits() {
    return kernel.facts().cgroups().limits();
  }

  /** How containers are planned. */
  SpecAssembly specs(Registry<Container> containers, Layout layout, BooleanSupplier makesVolumes) {
    Confinement confinement =
        new Confinement(
            new SeccompProfiles(), new AppArmor(kernel.facts().appArmor(), Path.of("/")), settings);
    return new SpecAssembly(
        handlers,
        new ContainerCgroups(cgroupPaths, limits(), settings),
        confinement,
        new ContainerNamespaces(containers, kernel.cgroups().layout()),
        new ProcessPlanning(
            new UserResolver(new OpenatRootfsFiles(kernel.syscalls())), confinement, settings),
        new MountPlanning(layout, makesVolumes, () -> settings.get().timeZone().isPresent()),
        cdi,
        settings);
  }

  /** How what is planned is carried out. */
  ContainerResources resources(ImageSetup store, Layout layout) {
    RootFilesystems rootFilesystems = store.rootFilesystems();
    Relabel relabel = new Relabel(kernel.syscalls());
    return new ContainerResources(
        rootFilesystems,
        new ImageVolumes(store.images(), rootFilesystems),
        new DeclaredVolumes(rootFilesystems, relabel),
        new BindMounts(kernel.mounts()),
        () -> settings.get().absentSources(),
        new TimeZones(kernel.syscalls(), () -> settings.get().timeZone(), Path.of("/")),
        relabel,
        layout);
  }

  ContainerShims shims(NativeBinaries binaries, DaemonContext context, Pods pods) {
    return new ContainerShims(
        new ShimLauncher(binaries.shim(), kernel.shims()),
        context.layout(),
        handlers,
        pods,
        cgroupPaths,
        kernel.cgroups(),
        context.clock(),
        settings);
  }

  LiveLimits liveLimits() {
    return new LiveLimits(handlers, kernel.cgroups(), cgroupPaths, kernel.scopes());
  }
}
