package io.jcri.daemon.cli.debug;

import io.jcri.daemon.admin.DebugMessages;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that can be told of a daemon.
 *
 * @param inside what it tells itself
 * @param threads likewise
 * @param silence why it tells nothing, or not all
 * @param outside what can be had without it
 */
record Dump(
    Instant at,
    String version,
    Optional<DebugMessages.Inside> inside,
    Optional<DebugMessages.Threads> threads,
    Optional<String> silence,
    Outside outside) {

  /**
   * What /proc, records and files tell.
   *
   * @param daemon the process that has locked the folders
   * @param mounts those below the folders
   * @param log the end of the daemon's log, where that is a file
   * @param logPlace where its log goes
   * @param problems what could not be found out
   */
  record Outside(
      String state,
      String root,
      Optional<DaemonProcess> daemon,
      List<Pod> pods,
      List<Container> containers,
      List<String> mounts,
      String logPlace,
      List<String> log,
      List<String> problems) {}

  /**
   * The daemon as the kernel has it.
   *
   * @param state such as {@code T (stopped)}
   * @param status some of /proc/PID/status
   * @param descriptors how many it has open
   * @param java what the Java runtime tells of its threads past the daemon; only of one that is
   *     silent
   */
  record DaemonProcess(
      int pid,
      String command,
      String state,
      Map<String, String> status,
      int descriptors,
      String cgroup,
      List<Task> threads,
      List<String> java) {
    DaemonProcess withJava(List<String> told) {
      return new DaemonProcess(pid, command, state, status, descriptors, cgroup, threads, told);
    }
  }

  /**
   * A thread as the kernel has it.
   *
   * @param wchan the kernel's function that it waits in, if it may be read
   * @param stack likewise
   */
  record Task(int id, String name, String state, String wchan, List<String> stack) {}

  /**
   * A process that a record names.
   *
   * @param alive whether it is that one which was started
   */
  record Named(int pid, boolean alive) {}

  /**
   * A pod's record.
   *
   * @param phase {@code unreadable} with what is wrong with the record
   */
  record Pod(
      String id,
      String name,
      String phase,
      Optional<Named> pause,
      List<String> ips,
      Optional<String> cgroup) {}

  /**
   * A container's record.
   *
   * @param init its first process; only its number was noted
   * @param cgroup of its first process
   * @param socket whether the shim's socket is there
   * @param exited whether the shim has noted its end
   */
  record Container(
      String id,
      String name,
      String pod,
      String phase,
      Optional<Named> shim,
      boolean socket,
      boolean exited,
      Optional<Integer> init,
      Optional<String> cgroup) {}
}
