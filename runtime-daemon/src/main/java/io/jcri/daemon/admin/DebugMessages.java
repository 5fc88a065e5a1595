package io.jcri.daemon.admin;

import io.jcri.daemon.log.CallState;
import io.jcri.daemon.log.LogLine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code debug} is about: what the daemon does at this moment, and what has gone wrong. */
public final class DebugMessages {
  private DebugMessages() {}

  /**
   * For {@code debug}.
   *
   * @param stacks whether those of calls and of who holds locks are wanted
   */
  public record Ask(boolean stacks) {}

  /** For {@code threads}: nothing to say. */
  public record All() {}

  /**
   * The daemon from within.
   *
   * @param at when it was asked
   * @param since when it was started
   * @param calls at work, the oldest first; those with many replies, such as events, among them
   * @param slowCalls the last that took a second longer than they may
   * @param troubles the last lines of the log at WARN or ERROR
   * @param sessions of exec, attach and port-forward that clients have
   * @param subscribers who hears of events
   * @param missing which of these could not be told in time
   */
  public record Inside(
      String version,
      long pid,
      Instant at,
      Instant since,
      List<CallState> calls,
      List<CallState> slowCalls,
      List<LogLine> troubles,
      List<Lock> locks,
      List<Shim> shims,
      List<Session> sessions,
      List<String> subscribers,
      List<PullMessages.Row> pulls,
      Memory memory,
      List<String> missing) {}

  /**
   * The lock of a pod or container that somebody has.
   *
   * @param kind {@code pod} or {@code container}
   * @param name of the object, as far as it is known
   */
  public record Lock(
      String kind, String id, String name, LockUser holder, List<LockUser> waiting) {}

  /**
   * Who has a lock, or waits for it.
   *
   * @param call the number of the call for which that is
   * @param what the call's method, or else the thread's name
   */
  public record LockUser(Optional<String> call, String what, long millis, List<String> stack) {}

  /**
   * A container's shim.
   *
   * @param name of the container, with its pod's
   * @param connected whether the daemon hears of the container's end
   */
  public record Shim(String container, String name, int pid, boolean alive, boolean connected) {}

  /** A client's session in a container or pod. */
  public record Session(String kind, String target, String name, Instant since) {}

  /** Platform threads each, virtual ones by what they do. */
  public record Threads(List<Doing> platform, List<Doing> virtual) {}

  /**
   * Threads that do the same.
   *
   * @param name of one of them
   * @param state such as {@code WAITING}
   */
  public record Doing(int count, String name, String state, List<String> stack) {}

  /**
   * Bytes.
   *
   * @param java the Java runtime's own kinds, such as the heap's generations, and what they use
   * @param process the kernel's view: Rss, Pss and their parts
   */
  public record Memory(Map<String, Long> java, Map<String, Long> process) {
    static final Memory NONE = new Memory(Map.of(), Map.of());
  }
}
