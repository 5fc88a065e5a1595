package io.jcri.daemon.admin;

import io.jcri.daemon.admin.DebugMessages.Inside;
import io.jcri.daemon.admin.DebugMessages.Lock;
import io.jcri.daemon.admin.DebugMessages.LockUser;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.log.CallState;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.log.LogNames;
import io.jcri.daemon.log.Recent;
import io.jcri.daemon.system.BuildInfo;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * {@code debug}: what the daemon does at this moment. It takes no lock of a pod's or container's,
 * and each part is asked by a thread of its own: one that does not answer is named, and the others
 * are told.
 */
final class TellInside implements AdminHandler {
  /** For all parts together: whoever asks waits a little longer than that. */
  private static final Duration PATIENCE = Duration.ofMillis(400);

  private static final Duration EVENTS_PATIENCE = Duration.ofMillis(50);

  private final AdminNode node;

  TellInside(AdminNode node) {
    this.node = node;
  }

  /** What is asked, and what is said in place of an answer. */
  private static final class Part<T> {
    private final String name;
    private final T otherwise;
    private final FutureTask<T> task;

    Part(String name, T otherwise, Callable<T> ask) {
      this.name = name;
      this.otherwise = otherwise;
      this.task = new FutureTask<>(ask);
      Thread.ofVirtual().name("debug " + name).start(task);
    }

    T await(long until, List<String> missing) {
      try {
        return task.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        missing.add(name);
      } catch (ExecutionException e) {
        missing.add(name + ": " + e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        missing.add(name);
      }
      task.cancel(true);
      return otherwise;
    }
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    call.answer(inside(call.arguments(DebugMessages.Ask.class).stacks()));
  }

  private Inside inside(boolean stacks) {
    Instant now = Instant.now();
    long until = System.nanoTime() + PATIENCE.toNanos();
    var memory = new Part<>("memory", DebugMessages.Memory.NONE, MemoryFacts::read);
    var calls = new Part<>("calls", List.<CallState>of(), () -> Recent.calls(stacks));
    var locks = new Part<>("locks", List.<Lock>of(), () -> locks(stacks));
    var shims = new Part<>("shims", List.<DebugMessages.Shim>of(), this::shims);
    var sessions = new Part<>("sessions", List.<DebugMessages.Session>of(), this::sessions);
    var pulls =
        new Part<>("pulls", List.<PullMessages.Row>of(), () -> ListPulls.rows(node.images()));
    List<String> missing = new ArrayList<>();
    List<String> subscribers =
        node.events()
            .listening(EVENTS_PATIENCE)
            .orElseGet(() -> {
              missing.add("subscribers");
              return List.of();
            });
    ProcessHandle self = ProcessHandle.current();
    return new Inside(
        BuildInfo.version(),
        self.pid(),
        now,
        self.info().startInstant().orElse(Instant.EPOCH),
        calls.await(until, missing),
        Recent.slowCalls(),
        Recent.troubles(),
        locks.await(until, missing),
        shims.await(until, missing),
        sessions.await(until, missing),
        subscribers,
        pulls.await(until, missing),
        memory.await(until, missing),
        missing);
  }

  private List<Lock> locks(boolean stacks) {
    long now = System.nanoTime();
    return Stream.concat(
            node.pods().takenLocks().stream().map(taken -> lock("pod", taken, now, stacks)),
            node.containers().takenLocks().stream()
                .map(taken -> lock("container", taken, now, stacks)))
        .sorted(Comparator.comparingLong(lock -> -lock.holder().millis()))
        .toList();
  }

  private static Lock lock(String kind, KeyedLocks.Taken taken, long now, boolean stacks) {
    return new Lock(
        kind,
        taken.id(),
        LogNames.nameOf(taken.id()),
        user(taken.holder(), now, stacks),
        taken.waiting().stream()
            .map(who -> user(who, now, false))
            .sorted(Comparator.comparingLong(user -> -user.millis()))
            .toList());
  }

  private static LockUser user(KeyedLocks.Who who, long now, boolean stack) {
    return new LockUser(
        who.call().map(CurrentCall::id),
        who.call().map(CurrentCall::method).orElse(who.thread().getName()),
        Math.max(0, now - who.since()) / 1_000_000,
        stack
            ? Stream.of(who.thread().getStackTrace()).map(StackTraceElement::toString).toList()
            : List.of());
  }

  private List<DebugMessages.Shim> shims() throws IOException {
    List<DebugMessages.Shim> shims = new ArrayList<>();
    for (Container container : node.registry().all()) {
      if (container.shim().isPresent()) {
        ProcessId shim = container.shim().get();
        shims.add(
            new DebugMessages.Shim(
                container.id(),
                LogNames.nameOf(container.id()),
                shim.pid(),
                shim.alive(),
                node.containers().watched(container.id())));
      }
    }
    return shims;
  }

  private List<DebugMessages.Session> sessions() {
    return node.streaming().sessions().stream()
        .map(session ->
            new DebugMessages.Session(
                session.kind(),
                session.target(),
                LogNames.nameOf(session.target()),
                session.since()))
        .toList();
  }
}
