package io.jcri.daemon.container;

import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.sandbox.linux.ProcessId;
import java.util.List;
import java.util.Optional;

/**
 * One container as the daemon knows it: an immutable snapshot and the content of its record.
 *
 * @param image what it was created from, kept here because the image may be removed later
 * @param createdAt nanoseconds since the epoch, never 0
 * @param startedAt nanoseconds since the epoch, 0 before the start
 * @param exit how it ended, once it has
 * @param process what the OCI runtime was told to run; an exec takes its user and confinement
 * @param init the container's first process, once it was started
 * @param shim the shim that watches it, once it was started; gone when its exit has been dealt with
 * @param logFile absolute path of the CRI log, or empty
 * @param bootId the boot during which it was made
 */
public record Container(
    String id,
    String podId,
    ContainerConfig config,
    ImageIdentity image,
    Optional<ContainerProcess> process,
    ContainerPhase phase,
    long createdAt,
    long startedAt,
    Optional<Exit> exit,
    Optional<Integer> init,
    Optional<ProcessId> shim,
    String logFile,
    String stopSignal,
    String bootId) {

  /**
   * The image by all its names.
   *
   * @param id digest of the image's configuration ({@code image_id})
   * @param name first tag, or what the caller named
   * @param reference first repository digest ({@code image_ref}), or the id when there is none
   */
  public record ImageIdentity(String id, String name, String reference) {}

  /**
   * The same after an event. Nothing else sets the phase of a container that is there.
   *
   * @throws io.jcri.daemon.life.ImpossibleEventException when it can't happen in this phase
   */
  public Container after(ContainerEvent event) {
    ContainerPhase next =
        ContainerLife.on(Optional.of(phase), event)
            .to()
            .orElseThrow(() -> new IllegalArgumentException("nothing is left after " + event));
    return next(config, process, next, startedAt, exit, init, shim);
  }

  /** With what the OCI runtime is told to run. */
  Container withMade(ContainerProcess made) {
    return next(config.withoutEnvironment(), Optional.of(made), phase, startedAt, exit, init, shim);
  }

  /** With its first process, and the shim that watches it. */
  public Container withStart(long at, int pid, ProcessId watcher) {
    return next(
        config, process, phase, at, Optional.empty(), Optional.of(pid), Optional.of(watcher));
  }

  /** With another shim that watches it. */
  Container withShim(ProcessId watcher) {
    return next(config, process, phase, startedAt, exit, init, Optional.of(watcher));
  }

  /**
   * With how it ended. A short life may be over before its start is noted, and clocks are set back:
   * it never starts after its end.
   */
  public Container withExit(Exit how) {
    return next(
        config, process, phase, Math.min(startedAt, how.at()), Optional.of(how), init, shim);
  }

  public Container withConfig(ContainerConfig changed) {
    return next(changed, process, phase, startedAt, exit, init, shim);
  }

  /** The same with another process, from which execs take their confinement. */
  Container withProcess(Optional<ContainerProcess> changed) {
    return next(config, changed, phase, startedAt, exit, init, shim);
  }

  /** The same without what it runs, which nobody is told of: the environment may be large. */
  public Container withoutCommand() {
    return next(
        config.withoutCommand(),
        process.map(made -> made.toBuilder().args(List.of()).env(List.of()).build()),
        phase,
        startedAt,
        exit,
        init,
        shim);
  }

  /** All that ever changes; the rest is what the container was created with. */
  private Container next(
      ContainerConfig config,
      Optional<ContainerProcess> process,
      ContainerPhase phase,
      long startedAt,
      Optional<Exit> exit,
      Optional<Integer> init,
      Optional<ProcessId> shim) {
    return new Container(
        id,
        podId,
        config,
        image,
        process,
        phase,
        createdAt,
        startedAt,
        exit,
        init,
        shim,
        logFile,
        stopSignal,
        bootId);
  }

  public boolean running() {
    return phase == ContainerPhase.RUNNING;
  }
}
