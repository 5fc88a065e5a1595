package io.jcri.it.runtimes;

import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Shims of containerd's kind. A test that needs one is {@code @EnabledIf} that it is available. */
final class Shims {
  private static final Optional<Path> RUNC = Tools.containerdShim();

  private Shims() {}

  /** Whether there is containerd's own for runc, or it could be built. */
  static boolean runcAvailable() {
    return RUNC.isPresent();
  }

  static Path runc() {
    return RUNC.orElseThrow();
  }

  /** Whether there is gVisor's, or it could be built. */
  static boolean gvisorAvailable() {
    return Gvisor.available();
  }

  /**
   * Makes a program that calls gVisor's, which lies beside runsc, where a shim finds no
   * environment.
   *
   * @param folder where it is put
   */
  static Path gvisor(Path folder) throws IOException {
    Path program = folder.resolve("containerd-shim-runsc-v1");
    Files.writeString(
        program,
        "#!/bin/sh\nJCRI_RUNSC=%s exec %s \"$@\"\n"
            .formatted(Gvisor.program(), Workspace.script("containerd-shim-runsc-v1")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }
}
