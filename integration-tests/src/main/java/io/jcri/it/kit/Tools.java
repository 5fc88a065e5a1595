package io.jcri.it.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kubelet's side of CRI: crictl and critest, built by {@code scripts/get-tools} when missing.
 */
public record Tools(Path crictl, Path critest) {
  private static final Duration BUILD_PATIENCE = Duration.ofMinutes(20);

  /**
   * Finds or builds them. The environment variable {@code JCRI_TOOLS} names a folder that has both.
   */
  public static Tools get() throws IOException {
    Command.Result result =
        Command.of(Workspace.script("get-tools").toString())
            .withPatience(BUILD_PATIENCE)
            .run()
            .orThrow();
    Path folder = Path.of(result.out().strip());
    return new Tools(folder.resolve("crictl"), folder.resolve("critest"));
  }

  /**
   * Finds or builds a runc of our own choice: the one of the machine may be too old for id-mapped
   * and recursive read-only mounts. The environment variable {@code JCRI_RUNC} names one instead.
   *
   * @return its program, or empty where it can't be built: without Go, a C compiler or libseccomp
   */
  public static Optional<Path> newRunc() {
    return built("get-runc");
  }

  /**
   * Finds or builds gVisor's runsc; beside it lies its shim of containerd's kind. The environment
   * variable {@code JCRI_RUNSC} names one instead.
   *
   * @return its program, or empty where it can't be built, without Go
   */
  public static Optional<Path> runsc() {
    return built("get-runsc");
  }

  /**
   * Finds or builds containerd's shim for runc. The environment variable {@code
   * JCRI_CONTAINERD_SHIM} names one instead.
   *
   * @return its program, or empty where it can't be built: without Go
   */
  public static Optional<Path> containerdShim() {
    return built("get-containerd-shim");
  }

  /**
   * Finds or builds containerd 1.7's shim for runc, which has the sandbox API. The environment
   * variable {@code JCRI_CONTAINERD_SHIM_1_7} names one instead.
   *
   * @return its program, or empty where it can't be built: without Go
   */
  public static Optional<Path> sandboxShim() {
    return built("get-containerd-shim", "1.7");
  }

  /**
   * Finds a containerd 2 and its shim. The environment variable {@code JCRI_CONTAINERD} names the
   * program where it is not on the path.
   *
   * @return the folder with both, or empty where there is none
   */
  public static Optional<Path> containerd() {
    return containerd("JCRI_CONTAINERD", "/v2 ");
  }

  /**
   * Finds a containerd 1, as Debian 12 has it, and its ctr. The environment variable {@code
   * JCRI_CONTAINERD_1} names the program where it is not on the path.
   *
   * @return the folder with both, or empty where there is none
   */
  public static Optional<Path> oldContainerd() {
    return containerd("JCRI_CONTAINERD_1", "/containerd 1.");
  }

  /**
   * Those of one kind.
   *
   * @param mark of the kind in what {@code --version} tells
   */
  private static Optional<Path> containerd(String variable, String mark) {
    String named = System.getenv(variable);
    try {
      Command.Result found =
          Command.of("sh", "-c", "command -v -- \"$0\"", named == null ? "containerd" : named)
              .run();
      if (found.exitCode() != 0) {
        return Optional.empty();
      }
      Path program = Path.of(found.out().strip());
      String version = Command.of(program.toString(), "--version").run().orThrow().out();
      return version.contains(mark)
          ? Optional.of(program.resolveSibling(".").normalize())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for containerd", e);
    }
  }

  /**
   * Finds or builds the shim of Kata Containers. The environment variable {@code JCRI_KATA_SHIM}
   * names one instead.
   *
   * @return its program, or empty where it can't be built: without Go, or its sources
   */
  public static Optional<Path> kataShim() {
    return built("get-kata-shim");
  }

  /**
   * Finds youki, an OCI runtime, where {@code scripts/get-youki} has built it: that takes ten
   * minutes. The environment variable {@code JCRI_YOUKI} names one instead.
   *
   * @return its program, or empty where there is none
   */
  public static Optional<Path> youki() {
    return built("get-youki", "--if-there");
  }

  /**
   * Finds a kubelet on the path, or where {@code scripts/get-kubelet} has built it: that takes ten
   * minutes. The environment variable {@code JCRI_KUBELET} names one instead.
   *
   * @return its program, or empty where there is none
   */
  public static Optional<Path> kubelet() {
    return built("get-kubelet", "--if-there");
  }

  /** Why there is nothing is printed. */
  private static Optional<Path> built(String script, String... arguments) {
    try {
      Command.Result result =
          Command.of(
                  Stream.concat(
                          Stream.of(Workspace.script(script).toString()), Stream.of(arguments))
                      .toArray(String[]::new))
              .withPatience(BUILD_PATIENCE)
              .run();
      if (result.exitCode() == 0) {
        return Optional.of(Path.of(result.out().strip()));
      }
      System.err.println(result.err().strip());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot call " + script, e);
    }
  }

  /** A crictl command on the given CRI socket, with no configuration file of the machine's. */
  public Command crictl(Path socket, String... arguments) {
    String[] line = new String[arguments.length + 5];
    line[0] = crictl.toString();
    line[1] = "--config=/dev/null";
    line[2] = "--runtime-endpoint=unix://" + socket;
    line[3] = "--image-endpoint=unix://" + socket;
    line[4] = "--timeout=60s";
    System.arraycopy(arguments, 0, line, 5, arguments.length);
    return Command.of(line);
  }
}
