package io.jcri.oci.runtime;

import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DefaultMounts;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.ProcessEnv;
import io.jcri.oci.spec.SpecWriter;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Bundles with a busybox root file system, run by the machine's real runc. */
final class BusyboxBundles implements AutoCloseable {
  static final Path RUNC = Path.of("/usr/sbin/runc");

  private final Path directory;
  private final String prefix;
  private final List<String> started = new ArrayList<>();

  /** Not below a 0700 directory: a user namespace's root must reach the root file system. */
  BusyboxBundles() throws IOException {
    directory = Files.createTempDirectory(Path.of("/run"), "jcri-spec-test-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    prefix = String.valueOf(directory.getFileName());
    makeRootfs(rootfs());
  }

  Path directory() {
    return directory;
  }

  Path rootfs() {
    return directory.resolve("rootfs");
  }

  OciRuntime runtime() {
    return new OciRuntime(new OciRuntime.Options(RUNC, directory.resolve("state"), false));
  }

  /** A container in namespaces of its own, with the default mounts and the usual capabilities. */
  ContainerSpec spec(String shellCommand) {
    ContainerProcess process =
        ContainerProcess.of(List.of("/bin/sh", "-c", shellCommand)).toBuilder()
            .env(ProcessEnv.merge("test", false, List.of(), List.of(), List.of()))
            .capabilities(
                CapabilitySet.resolve(CapabilitySet.Request.DEFAULT, Capability.ofDaemon()))
            .build();
    DefaultMounts.Request mounts =
        new DefaultMounts.Request(
            false,
            false,
            false,
            false,
            false,
            Optional.of(directory.resolve("shm")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return ContainerSpec.builder(process, new ContainerSpec.Root(rootfs().toString(), false))
        .hostname(Optional.of("test"))
        .mounts(DefaultMounts.compose(DefaultMounts.of(mounts), List.of()))
        .namespaces(
            List.of(
                Namespace.fresh(Namespace.Kind.PID),
                Namespace.fresh(Namespace.Kind.NETWORK),
                Namespace.fresh(Namespace.Kind.IPC),
                Namespace.fresh(Namespace.Kind.UTS),
                Namespace.fresh(Namespace.Kind.MOUNT),
                Namespace.fresh(Namespace.Kind.CGROUP)))
        .resources(LinuxResources.builder().devices(List.of(DeviceRule.DENY_ALL)).build())
        .cgroupsPath(Optional.of(cgroup()))
        .build();
  }

  String cgroup() {
    return "/" + prefix;
  }

  /** Runs to the end and answers with standard output; anything but exit code 0 is a failure. */
  String run(ContainerSpec spec) throws IOException {
    RuntimeProcess.Result result = launch(spec, "run");
    if (result.exitCode() != 0) {
      throw new AssertionError(
          "exit code " + result.exitCode() + ": " + RuntimeProcess.text(result.stderr()));
    }
    return RuntimeProcess.text(result.stdout());
  }

  /** Starts in the background and answers with the container's id. */
  String start(ContainerSpec spec) throws IOException {
    RuntimeProcess.Result result = launch(spec, "run", "--detach");
    if (result.exitCode() != 0) {
      throw new AssertionError(RuntimeProcess.text(result.stderr()));
    }
    return started.getLast();
  }

  private RuntimeProcess.Result launch(ContainerSpec spec, String... verb) throws IOException {
    String id = prefix + "-" + started.size();
    started.add(id);
    Path bundle = Files.createDirectories(directory.resolve(id));
    Files.write(bundle.resolve("config.json"), SpecWriter.toJson(spec));
    // Through a shell: a detached container keeps the output pipes, so they must not be ours.
    String redirect = verb.length > 1 ? " >/dev/null 2>" + bundle.resolve("stderr") : "";
    String command =
        RUNC
            + " --root "
            + directory.resolve("state")
            + " "
            + String.join(" ", verb)
            + " --bundle "
            + bundle
            + " "
            + id
            + redirect;
    return RuntimeProcess.run(
        command, List.of("/bin/sh", "-c", command), new byte[0], Duration.ofSeconds(60));
  }

  private static void makeRootfs(Path rootfs) throws IOException {
    for (String name : List.of("bin", "dev", "etc", "proc", "sys", "tmp", "run")) {
      Files.createDirectories(rootfs.resolve(name));
    }
    Files.createDirectories(rootfs.resolveSibling("shm"));
    Path busybox = rootfs.resolve("bin/busybox");
    Files.copy(Path.of("/bin/busybox"), busybox);
    busybox.toFile().setExecutable(true, false);
    for (String applet :
        List.of("sh", "cat", "grep", "head", "id", "ls", "mount", "sleep", "touch", "wc")) {
      Files.createSymbolicLink(rootfs.resolve("bin/" + applet), Path.of("busybox"));
    }
    Files.writeString(
        rootfs.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:1000:1001::/:/bin/sh\n");
    Files.writeString(rootfs.resolve("etc/group"), "root:x:0:\nwheel:x:10:web\n");
  }

  @Override
  public void close() throws IOException {
    for (String id : started) {
      runtime().delete(id);
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, java.io.IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
