package io.jcri.sandbox;

import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Makes and takes down the kernel side of pods. Thread-safe, except that two calls for one
 * directory must not overlap.
 */
public final class Sandboxes implements AutoCloseable {
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

  private final Helper helper;
  private final Syscalls calls;
  private final Mounts mounts;
  private final PauseCgroups cgroups;
  private final ExitWatch exits;
  private final Pins pins;

  /**
   * Uses the kernel through these.
   *
   * @param helperBinary the path of {@code jcri-sandbox}
   */
  public Sandboxes(Path helperBinary, Syscalls calls, Mounts mounts, Cgroups cgroups) {
    this.helper = new Helper(helperBinary);
    this.calls = calls;
    this.mounts = mounts;
    this.cgroups = new PauseCgroups(cgroups);
    this.exits = new ExitWatch(calls);
    this.pins = new Pins(mounts);
  }

  /**
   * Makes a sandbox: all of it, with the pause process in its cgroup, or nothing.
   *
   * @throws SandboxException with the stage's own words; of kind INVALID when the specification
   *     cannot be fulfilled anywhere
   */
  public SandboxState create(SandboxSpec spec) throws IOException {
    SandboxFiles files = new SandboxFiles(spec.directory());
    List<String> arguments = HelperArguments.of(spec);
    // Before anything is touched: the undo of a second sandbox would take the first one down.
    if (files.readPause().isPresent()) {
      throw failure(spec, spec.directory() + " holds a sandbox already");
    }
    try {
      if (spec.cgroupPath().isPresent()) {
        cgroups.prepare(spec.cgroupPath().get(), files).forEach(d -> arguments.add("cgroup=" + d));
      }
      return switch (helper.run(arguments)) {
        case HelperAnswer.Up up -> stateOf(spec.id(), files, up.pause());
        case HelperAnswer.Failed failed ->
            throw new SandboxException(
                failed.kind(), "cannot make the sandbox of " + spec.id() + ": " + failed.message());
        case HelperAnswer.Nonsense nonsense -> throw failure(spec, nonsense.output());
      };
    } catch (IOException | RuntimeException e) {
      // An interrupted thread can read no file, and undoing takes some.
      boolean interrupted = Thread.interrupted();
      undo(spec, e);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  /**
   * The sandbox that lies in a directory, dead or alive, or empty when there is none; for a daemon
   * that has lost its record.
   */
  public Optional<SandboxState> find(String id, Path directory) throws IOException {
    SandboxFiles files = new SandboxFiles(directory);
    return files.readPause().map(pause -> stateOf(id, files, pause));
  }

  /** Whether the pause process runs; the namespaces live as long as they are pinned. */
  public boolean alive(SandboxState state) throws IOException {
    return state.pause().alive();
  }

  /** Which of its namespaces somebody has unmounted, by their names in /proc/[pid]/ns. */
  public List<String> lostPins(SandboxState state) throws IOException {
    return pins.lost(state);
  }

  /**
   * Pins the namespaces again that {@link #lostPins} names, as long as the pause process runs.
   *
   * @return those that are pinned again
   */
  public List<String> restorePins(SandboxState state) throws IOException {
    List<String> restored = new ArrayList<>();
    for (String name : pins.lost(state)) {
      if (pins.restore(state, name)) {
        restored.add(name);
      }
    }
    return restored;
  }

  /**
   * Calls {@code action} once, on a thread of its own, when the pause process has ended; at once
   * when it has already.
   *
   * @return close it to be called no more
   */
  public ExitWatch.Watched onExit(SandboxState state, Runnable action) throws IOException {
    return exits.onExit(state.pause(), action);
  }

  /**
   * Takes a sandbox down: the pause process (and with it all of a shared pid namespace), the pinned
   * namespaces, the shared memory, its cgroup if it was made for it, its files; the directory
   * itself stays. What is gone already is fine, and a step that fails does not keep the others from
   * being tried, so it may be called until it succeeds.
   *
   * @param pause as recorded; what the directory itself says is enough
   * @param madeCgroups that were made for it, as recorded; the directory's word is enough for one
   *     whose name is the sandbox's id
   */
  public void destroy(
      String id, Path directory, Optional<ProcessId> pause, Collection<String> madeCgroups)
      throws IOException {
    SandboxFiles files = new SandboxFiles(directory);
    Failures failures = end(id, files, pause, files.mounts());
    // The notes stay until what they speak of is gone.
    if (failures.none()) {
      for (Path leftover : files.leftovers()) {
        failures.attempt(() -> Files.deleteIfExists(leftover));
      }
      failures.attempt(() -> cgroups.removeIfMade(id, files, madeCgroups));
    }
    failures.throwFirst();
  }

  /**
   * Ends what runs of a sandbox and lets its namespaces go but for that of the network, which stays
   * pinned: whoever has rules to take back for a pod finds its addresses there. {@link #destroy}
   * does the rest.
   *
   * @param pause as recorded; what the directory itself says is enough
   */
  public void endButNetwork(String id, Path directory, Optional<ProcessId> pause)
      throws IOException {
    SandboxFiles files = new SandboxFiles(directory);
    Path network = files.namespace("net");
    List<Path> others = files.mounts().stream().filter(mount -> !mount.equals(network)).toList();
    end(id, files, pause, others).throwFirst();
  }

  private Failures end(String id, SandboxFiles files, Optional<ProcessId> pause, List<Path> going) {
    Failures failures = new Failures();
    failures.attempt(() -> killIfAny(id, pause));
    failures.attempt(() -> killIfAny(id, files.readPause()));
    for (Path mount : going) {
      failures.attempt(() -> mounts.unmount(mount));
    }
    return failures;
  }

  /** Ends the watching; the sandboxes stay. */
  @Override
  public void close() {
    exits.close();
  }

  private static SandboxException failure(SandboxSpec spec, String why) {
    return new SandboxException(
        SandboxException.Kind.FAILED, "cannot make the sandbox of " + spec.id() + ": " + why);
  }

  /** The helper has taken back what it did, unless it was killed or the daemon interrupted. */
  private void undo(SandboxSpec spec, Exception failure) {
    try {
      Optional<String> noted = new SandboxFiles(spec.directory()).readCgroup();
      List<String> made =
          spec.cgroupPath().filter(path -> noted.equals(Optional.of(path))).stream().toList();
      destroy(spec.id(), spec.directory(), Optional.empty(), made);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void killIfAny(String id, Optional<ProcessId> pause) throws IOException {
    Optional<Fd> opened = pause.isEmpty() ? Optional.empty() : pause.get().open(calls);
    if (opened.isEmpty()) {
      return;
    }
    try (Fd pidfd = opened.get()) {
      calls.pidfdSendSignal(pidfd, ProcessCalls.SIGKILL);
      if (calls.poll(List.of(pidfd), ProcessCalls.POLLIN, KILL_PATIENCE)[0] == 0) {
        throw new SandboxException(
            SandboxException.Kind.FAILED,
            "cannot end the pause process " + pause.get().pid() + " of " + id + ": still there");
      }
    }
  }

  private static SandboxState stateOf(String id, SandboxFiles files, ProcessId pause) {
    return new SandboxState(
        id,
        files.directory(),
        files.ifPresent(files.namespace("net")),
        files.ifPresent(files.namespace("ipc")),
        files.ifPresent(files.namespace("uts")),
        files.ifPresent(files.namespace("pid")),
        files.ifPresent(files.namespace("user")),
        pause,
        files.ifPresent(files.shm()));
  }
}
