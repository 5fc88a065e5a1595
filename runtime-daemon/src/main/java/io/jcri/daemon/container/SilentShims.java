package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.ProcessStat;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends containers whose shim lives but does not answer, as one that somebody has stopped (SIGSTOP).
 *
 * <p>Such a shim is held still first. It is the parent of the container's first process, which
 * keeps its number while nobody reaps it, and tells how it ended once it has.
 */
final class SilentShims {
  private static final Logger log = LoggerFactory.getLogger(SilentShims.class);

  private static final int SIGSTOP = 19;
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

  /** How often to look for what a process that was about to be killed has still started. */
  private static final int ROUNDS = 8;

  private final Cgroups cgroups;
  private final Clock clock;
  private final Syscalls calls = Linux.get();

  SilentShims(Cgroups cgroups, Clock clock) {
    this.cgroups = cgroups;
    this.clock = clock;
  }

  /** Sends the stop signal to the first process, and waits a while for its end. */
  void stop(Container container, ProcessId shim, int signal, Duration grace) throws IOException {
    Optional<Fd> opened = first(container, shim);
    if (opened.isEmpty()) {
      return;
    }
    try (Fd first = opened.get()) {
      calls.pidfdSendSignal(first, signal);
      calls.poll(List.of(first), ProcessCalls.POLLIN, grace);
    } catch (ErrnoException e) {
      log.debug("signal {} to container {}: {}", signal, container.id(), e.getMessage());
    }
  }

  /**
   * Kills all of the container, and an OCI runtime at work on it. The shim stays, held still, for
   * the caller to end.
   *
   * @param cgroup the container's, where it is known
   * @return how the container ended, as far as can be told
   */
  Exit kill(Container container, ProcessId shim, Optional<String> cgroup) throws IOException {
    shim.signal(calls, SIGSTOP);
    Optional<Fd> opened = first(container, shim);
    try {
      killCgroup(container.id(), cgroup);
      killDescendants(shim);
      if (opened.isPresent()) {
        awaitEnd(container.id(), opened.get());
      }
      return exit(container, shim);
    } finally {
      opened.ifPresent(Fd::close);
    }
  }

  /**
   * Kills the shim of a container of which no record tells, and all that it has started.
   *
   * @param state the shim's folder, by which its command line tells whose it is
   */
  void killByCommandLine(String id, Path state) {
    List<Integer> pids =
        ProcessHandle.allProcesses()
            .filter(process -> isShim(process.info(), state.toString()))
            .map(process -> (int) process.pid())
            .toList();
    for (int pid : pids) {
      try {
        Optional<ProcessId> shim = ProcessId.of(pid);
        if (shim.isPresent()) {
          killUnknown(shim.get());
        }
      } catch (IOException e) {
        log.warn("shim {} of container {} could not be ended: {}", pid, id, e.getMessage());
      }
    }
  }

  private static boolean isShim(ProcessHandle.Info info, String state) {
    List<String> words = List.of(info.arguments().orElse(new String[0]));
    int option = words.indexOf("--state");
    return option >= 0 && option + 1 < words.size() && words.get(option + 1).equals(state);
  }

  private void killUnknown(ProcessId shim) throws IOException {
    shim.signal(calls, SIGSTOP);
    killDescendants(shim);
    shim.signal(calls, ProcessCalls.SIGKILL);
  }

  private void killCgroup(String id, Optional<String> cgroup) {
    try {
      if (cgroup.isPresent()) {
        cgroups.kill(cgroup.get());
      }
    } catch (IOException e) {
      log.warn("cgroup {} of container {}: {}", cgroup.orElse(""), id, e.getMessage());
    }
  }

  private void awaitEnd(String id, Fd first) throws IOException {
    if (calls.poll(List.of(first), ProcessCalls.POLLIN, KILL_PATIENCE)[0] == 0) {
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "container %s has not ended %d s after SIGKILL: the kernel holds on to its process"
              .formatted(id, KILL_PATIENCE.toSeconds()));
    }
  }

  /** A descriptor of the first process, or empty when it is not there as the shim's child. */
  private Optional<Fd> first(Container container, ProcessId shim) throws IOException {
    if (container.init().isEmpty()) {
      return Optional.empty();
    }
    Fd pidfd;
    try {
      pidfd = calls.pidfdOpen(container.init().get());
    } catch (ErrnoException e) {
      return Optional.empty();
    }
    if (stat(container, shim).isPresent()) {
      return Optional.of(pidfd);
    }
    pidfd.close();
    return Optional.empty();
  }

  private static Optional<ProcessStat> stat(Container container, ProcessId shim)
      throws IOException {
    Optional<ProcessStat> stat =
        container.init().isEmpty() ? Optional.empty() : ProcessStat.of(container.init().get());
    return shim.alive() ? stat.filter(s -> s.parent() == shim.pid()) : Optional.empty();
  }

  private Exit exit(Container container, ProcessId shim) throws IOException {
    Optional<ProcessStat> stat = stat(container, shim).filter(ProcessStat::dead);
    String message = "its shim did not answer and was ended with it";
    return stat.map(s -> Exit.of(s.exitCode(), clock.nanos(), false).withMessage(message))
        .orElseGet(() -> Exit.unknown(clock.nanos(), message));
  }

  /** What the shim has started: the OCI runtime, what that has started, what the container has. */
  private void killDescendants(ProcessId shim) throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessId> alive = new ArrayList<>();
      for (int pid : descendants(shim)) {
        ProcessId.of(pid).ifPresent(alive::add);
      }
      // A number may have become another's before its start time was read; so look again.
      Set<Integer> still = descendants(shim);
      alive.removeIf(process -> !still.contains(process.pid()));
      if (alive.isEmpty()) {
        return;
      }
      for (ProcessId process : alive) {
        process.signal(calls, ProcessCalls.SIGKILL);
      }
    }
  }

  private static Set<Integer> descendants(ProcessId shim) throws IOException {
    Optional<ProcessHandle> handle = ProcessHandle.of(shim.pid());
    return handle.isPresent() && shim.alive()
        ? handle.get().descendants().map(h -> (int) h.pid()).collect(Collectors.toSet())
        : Set.of();
  }
}
