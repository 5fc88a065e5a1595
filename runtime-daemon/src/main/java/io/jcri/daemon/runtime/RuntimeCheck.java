package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What an operator should know of the configured OCI runtimes, without a daemon that runs. */
public final class RuntimeCheck {
  private RuntimeCheck() {}

  /** A sentence for each handler whose runtime has known escapes; asks each its version. */
  public static List<String> escapes(DaemonConfig config) {
    List<String> found = new ArrayList<>();
    new TreeMap<>(config.handlers())
        .forEach((name, handler) ->
            HandlerProgram.of(handler)
                .found()
                .filter(_ -> !handler.shim()) // whatever runs below that is its own matter
                .flatMap(program -> escapes(config, name, program))
                .ifPresent(why -> found.add("handlers." + name + ": " + why)));
    return found;
  }

  private static Optional<String> escapes(DaemonConfig config, String name, Path program) {
    OciRuntime runtime =
        new OciRuntime(
            new OciRuntime.Options(
                program, config.state().resolve("runtime").resolve(name), false));
    try {
      return FoundRuntime.of(RuntimeVersion.parse(runtime.version()), program)
          .escapes()
          .map(why -> "OCI runtime " + program + " " + why);
    } catch (OciException e) {
      return Optional.empty(); // one that can't be asked is no matter of the configuration
    }
  }
}
