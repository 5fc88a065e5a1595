package io.jcri.shim;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts shims and finds running ones again. Thread-safe. */
public final class ShimLauncher {
  private static final int MAX_MESSAGE_BYTES = 4096;
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Path shimBinary;
  private final ShimHome home;

  /** A launcher of that binary, whose shims stay in the control group of this process. */
  public ShimLauncher(Path shimBinary) {
    this(shimBinary, ShimHome.NONE);
  }

  /** A launcher of that binary; running shims do not need it any more. */
  public ShimLauncher(Path shimBinary, ShimHome home) {
    this.shimBinary = shimBinary;
    this.home = home;
  }

  /**
   * Starts the shim of a container; returns once it answers. The container is not started yet.
   *
   * @throws ShimException REFUSED with the shim's words when it cannot be started
   */
  public Shim launch(ShimSpec spec) throws ShimException {
    return launch(spec, List.of());
  }

  /**
   * Starts another shim for a container that runs and whose shim has died. What the container has
   * written since is in its log then, after a line that tells of the break, and its exit code will
   * be known (since Linux 6.15, else unless whoever reaps it is faster).
   *
   * @throws ShimException REFUSED when there is nothing to take over: the container's first process
   *     has gone, or a shim of before this has started it
   */
  public Shim takeOver(ShimSpec spec) throws ShimException {
    return launch(spec, List.of("--adopt"));
  }

  private Shim launch(ShimSpec spec, List<String> more) throws ShimException {
    List<String> command = new ArrayList<>();
    command.add(shimBinary.toString());
    command.addAll(spec.arguments());
    command.addAll(more);
    Optional<Path> cgroup = home.cgroup();
    cgroup.ifPresent(path -> command.addAll(List.of("--own-cgroup", path.toString())));
    String words;
    int status;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      clear(builder.environment());
      Process process = builder.start();
      // The starter ends as soon as the socket listens; the shim itself is no child of ours.
      try (InputStream output = process.getInputStream()) {
        words = new String(output.readNBytes(MAX_MESSAGE_BYTES), StandardCharsets.UTF_8).strip();
      }
      status = process.waitFor();
    } catch (IOException e) {
      throw new ShimException(
          ShimException.Kind.REFUSED, "cannot start " + shimBinary + ": " + Reasons.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ShimException(
          ShimException.Kind.INTERRUPTED, "interrupted while starting " + shimBinary, e);
    }
    if (status != 0) {
      throw new ShimException(
          ShimException.Kind.REFUSED,
          words.isEmpty() ? shimBinary + " ended with status " + status : words);
    }
    if (cgroup.isEmpty()) {
      home.take(Integer.parseInt(words));
    }
    return connect(spec.stateDirectory(), ShimConnection.PROMPT);
  }

  /**
   * Leaves the search path only: the rest is the daemon's own. With NOTIFY_SOCKET, which systemd
   * gives the daemon, runc would wait until the container itself reports that it is ready.
   */
  private static void clear(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", DEFAULT_PATH);
    environment.clear();
    environment.put("PATH", path);
  }

  /**
   * Finds the running shim of a state directory.
   *
   * @param timeout how long each of its two answers may take
   * @throws ShimException LOST when no shim listens there, TIMEOUT when it does not answer
   */
  public Shim connect(Path stateDirectory, Duration timeout) throws ShimException {
    return Shim.connect(stateDirectory, timeout);
  }
}
