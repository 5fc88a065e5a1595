package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.record.Registry;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.shim.AttachStreams;
import io.jcri.shim.ExecStreams;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that can be asked of containers. The work is done by {@link ContainerCreation}, {@link
 * ContainerRun} and {@link ContainerCommands}; readers take snapshots and wait for nobody.
 *
 * <p>Thread-safe.
 */
public final class Containers {
  private final Registry<Container> containers;
  private final ContainerCreation creation;
  private final ContainerRun run;
  private final ContainerCommands commands;
  private final ContainerUpdates updates;
  private final ContainerHooks hooks;

  public Containers(
      Registry<Container> containers,
      ContainerCreation creation,
      ContainerRun run,
      ContainerUpdates updates,
      ContainerHooks hooks) {
    this.containers = containers;
    this.creation = creation;
    this.run = run;
    this.commands = new ContainerCommands(containers, run);
    this.updates = updates;
    this.hooks = hooks;
  }

  /** See {@link ContainerCreation#create}. */
  public String create(String podId, ContainerConfig config) {
    return creation.create(podId, config);
  }

  /** See {@link ContainerRun#start}. */
  public void start(String id) {
    run.start(id);
  }

  /** See {@link ContainerRun#stop}. */
  public void stop(String id, Duration grace) throws IOException {
    run.stop(id, grace);
    containers.get(id).ifPresent(hooks::stopped);
  }

  /** Kills and forgets the container with all that belongs to it, except its log. Idempotent. */
  public void remove(String id) {
    try {
      stop(id, Duration.ZERO);
    } catch (IOException e) {
      throw Failures.unchecked(e, "stop of container " + id);
    }
    creation.remove(id);
  }

  /**
   * Ends every container of a pod at once; returns when all have ended. None of them can be started
   * again, so their image volumes go.
   */
  public void killAll(String podId) {
    each(
        podId,
        id -> {
          stop(id, Duration.ZERO);
          creation.releaseVolumes(id);
        });
  }

  /** Removes every container of a pod, those that were only half created too. */
  public void removeAll(String podId) {
    each(podId, this::remove);
  }

  private interface Step {
    void take(String id) throws IOException;
  }

  /**
   * Takes a step for all containers of a pod in parallel; the first failure is thrown after all.
   */
  private void each(String podId, Step step) {
    List<String> ids =
        containers.all().stream()
            .filter(container -> container.podId().equals(podId))
            .map(Container::id)
            .toList();
    List<Throwable> failures = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (String id : ids) {
        FutureTask<@Nullable Void> task =
            new FutureTask<>(() -> {
              step.take(id);
              return null;
            });
        threads.execute(CurrentCall.carried(task));
        running.add(task);
      }
      for (Future<?> future : running) {
        try {
          future.get();
        } catch (ExecutionException e) {
          failures.add(e.getCause() == null ? e : e.getCause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failures.add(e);
    }
    if (!failures.isEmpty()) {
      throw Failures.unchecked(failures.getFirst(), "containers of pod sandbox " + podId);
    }
  }

  /** See {@link ContainerCommands#execSync}. */
  public CommandEnd execSync(String id, List<String> command, Duration timeout) throws IOException {
    return commands.execSync(id, command, timeout);
  }

  /** See {@link ContainerCommands#meaning}. */
  public IOException meaning(String id, IOException failure) {
    return commands.meaning(id, failure);
  }

  /** See {@link ContainerCommands#exec}. */
  public ExecStreams exec(String id, List<String> command, boolean tty, boolean stdin)
      throws IOException {
    return commands.exec(id, command, tty, stdin);
  }

  /** See {@link ContainerCommands#attach}. */
  public AttachStreams attach(String id, boolean stdin, boolean stdout, boolean stderr)
      throws IOException {
    return commands.attach(id, stdin, stdout, stderr);
  }

  /** See {@link ContainerCommands#resize}. */
  public void resize(String id, Optional<String> exec, int columns, int rows) throws IOException {
    commands.resize(id, exec, columns, rows);
  }

  /** See {@link ContainerUpdates#update}. Plugins may have other limits in mind. */
  public void update(String id, ResourceChange change) {
    Container container = containers.require(id);
    boolean changeable =
        container.phase() == ContainerPhase.CREATED || container.phase() == ContainerPhase.RUNNING;
    LinuxResources wanted =
        changeable ? hooks.update(container, change.resources()) : change.resources();
    updates.update(id, new ResourceChange(wanted, change.oomScoreAdj(), change.annotations()));
    containers.get(id).ifPresent(hooks::updated);
  }

  /** As {@link #update}, for a plugin: none is asked. */
  public void updateForPlugin(String id, LinuxResources change) {
    updates.update(id, new ResourceChange(change, Optional.empty(), Map.of()));
  }

  /** See {@link ContainerCommands#reopenLog}. */
  public void reopenLog(String id) throws IOException {
    commands.reopenLog(id);
  }

  /** Snapshots of the containers that the kubelet may know. */
  public Collection<Container> list() {
    return containers.all().stream()
        .filter(container -> container.phase() != ContainerPhase.CREATING)
        .toList();
  }

  /** As {@link #list}, by the pods' ids. */
  public Map<String, List<Container>> byPod() {
    return list().stream()
        .sorted(Comparator.comparingLong(Container::createdAt))
        .collect(Collectors.groupingBy(Container::podId));
  }

  /** The containers of a pod, oldest first. */
  public List<Container> ofPod(String podId) {
    return list().stream()
        .filter(container -> container.podId().equals(podId))
        .sorted(Comparator.comparingLong(Container::createdAt))
        .toList();
  }

  /**
   * The container with this id or unique prefix.
   *
   * @throws JcriException NOT_FOUND
   */
  public Container require(String idOrPrefix) {
    Container container = containers.require(idOrPrefix);
    if (container.phase() == ContainerPhase.CREATING) {
      throw JcriException.notFound("container", idOrPrefix);
    }
    return container;
  }

  /**
   * As {@link #require}, of a container that must run.
   *
   * @param what the caller wants to do, for the message
   * @throws JcriException FAILED_PRECONDITION when it does not run
   */
  public Container requireRunning(String idOrPrefix, String what) {
    Container container = require(idOrPrefix);
    if (!container.running()) {
      throw JcriException.precondition(
          "cannot %s container %s: it is %s".formatted(what, container.id(), container.phase()));
    }
    return container;
  }

  /** As {@link #require}, but empty when there is none. */
  public Optional<Container> find(String idOrPrefix) {
    return containers.find(idOrPrefix);
  }

  /** The containers' locks that are held, and who waits for them. Waits for nobody. */
  public List<KeyedLocks.Taken> takenLocks() {
    return run.takenLocks();
  }

  /** Whether the daemon has a connection to the container's shim. Waits for nobody. */
  public boolean watched(String id) {
    return run.shim(id).isPresent();
  }
}
