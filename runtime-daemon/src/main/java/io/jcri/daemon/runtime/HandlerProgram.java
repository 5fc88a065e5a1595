package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.oci.runtime.OciRuntime;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program that a handler stands for: an OCI runtime, which is called itself, or a shim of
 * containerd's, which the adapter calls that is installed with jcri.
 *
 * @param wanted what the configuration calls it
 * @param shim whether it is a shim
 * @param found empty when it was not there at the start
 */
record HandlerProgram(String wanted, boolean shim, Optional<Path> found) {
  static HandlerProgram of(DaemonConfig.Handler handler) {
    return new HandlerProgram(handler.program(), handler.shim(), find(handler.program()));
  }

  /**
   * An absolute path as it is; a name by PATH and the places where a daemon's PATH may not look.
   */
  private static Optional<Path> find(String name) {
    if (name.indexOf('/') >= 0) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator)),
            Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * How it is called, if it was found.
   *
   * @param adapter presents a shim as an OCI runtime
   * @param root where the runtime keeps its state
   */
  Optional<OciRuntime> runtime(
      DaemonConfig.Handler handler, Path adapter, Path root, boolean systemdCgroup) {
    return found.map(program ->
        new OciRuntime(
            OciRuntime.Options.of(
                shim ? adapter : program,
                root,
                systemdCgroup,
                shim ? adapterOptions(program, handler.shimConfig()) : handler.options())));
  }

  private static List<String> adapterOptions(Path shim, Optional<Path> config) {
    List<String> options = new ArrayList<>(List.of("--shim", shim.toString()));
    config.ifPresent(file -> options.addAll(List.of("--shim-config", file.toString())));
    return options;
  }

  /** As a person is told of it. */
  String name() {
    return (shim ? "containerd shim " : "OCI runtime ") + found.map(Path::toString).orElse(wanted);
  }

  /** Why it can't be run, if it can't. */
  Optional<String> missing() {
    if (found.isEmpty()) {
      return Optional.of(name() + " is not installed: it was not found on PATH");
    }
    return Files.isExecutable(found.get()) ? Optional.empty() : Optional.of(name() + " is gone");
  }

  /** Equal as long as it is the same program; an adapter is replaced with the daemon only. */
  Optional<ProgramFile> file() {
    return found.flatMap(ProgramFile::of);
  }
}
