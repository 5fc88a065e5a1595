package io.jcri.daemon.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The programs that are part of the distribution.
 *
 * @param sandbox makes a pod's namespaces and becomes its pause process
 * @param pause the one program of a sandbox container
 * @param shim watches one container
 * @param selftest the program in the selftest's image
 * @param nriStart starts an NRI plugin that is connected to a socket
 * @param confine starts a program with few rights
 * @param launcher is {@code jcri} itself
 */
public record NativeBinaries(
    Path sandbox,
    Path pause,
    Path shim,
    Path selftest,
    Path nriStart,
    Path confine,
    Path launcher) {
  /** Set by the launcher to the folder that the distribution lies in. */
  private static final String HOME = "jcri.home";

  private static final Path DEFAULT_HOME = Path.of("/usr/lib/jcri");

  /**
   * Finds the programs of this installation.
   *
   * @throws IOException naming the program that is missing
   */
  public static NativeBinaries find() throws IOException {
    Path folder = home();
    Path libexec = folder.resolve("libexec");
    Path _ = executable(adapter());
    return new NativeBinaries(
        executable(libexec.resolve("jcri-sandbox")),
        executable(libexec.resolve("jcri-pause")),
        executable(libexec.resolve("jcri-shim")),
        executable(libexec.resolve("jcri-selftest")),
        executable(libexec.resolve("jcri-nri-start")),
        executable(libexec.resolve("jcri-confine")),
        executable(folder.resolve("bin/jcri")));
  }

  /**
   * The program that presents a containerd shim as an OCI runtime; only handlers with a shim need
   * it.
   */
  public static Path adapter() {
    return home().resolve("libexec/jcri-task").toAbsolutePath();
  }

  private static Path home() {
    String home = System.getProperty(HOME);
    return home == null ? DEFAULT_HOME : Path.of(home);
  }

  private static Path executable(Path program) throws IOException {
    if (!Files.isExecutable(program)) {
      throw new IOException(program + " is missing: the installation is incomplete");
    }
    return program.toRealPath();
  }
}
