package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The processes of a group alone, and a signal that reaches nobody else. */
final class CgroupMembers {
  /** How many processes are held by a descriptor at the same time. */
  private static final int AT_ONCE = 256;

  private final Syscalls calls;
  private final CgroupFiles files;

  CgroupMembers(Syscalls calls, CgroupFiles files) {
    this.calls = calls;
    this.files = files;
  }

  /**
   * Those who are in it now, but none of a foreign pid namespace, which show as 0. A last line
   * without an end is the beginning of some number, and no process.
   */
  List<Integer> list(Path group) throws IOException {
    String text = files.read(group.resolve("cgroup.procs")).orElse("");
    List<Integer> pids = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      long pid = CgroupFiles.parseNumber(text.substring(start, end).strip()).orElse(0);
      // Signalling 0 would reach the daemon's own group.
      if (pid > 0 && pid <= Integer.MAX_VALUE) {
        pids.add((int) pid);
      }
      start = end + 1;
    }
    return pids;
  }

  /**
   * Kills them. One that was listed may have ended since, and its number be another's: a descriptor
   * pins the process, and the list that is read next tells whether that one is in the group.
   */
  void kill(Path group) throws IOException {
    List<Integer> pids = list(group);
    for (int from = 0; from < pids.size(); from += AT_ONCE) {
      killListed(group, pids.subList(from, Math.min(pids.size(), from + AT_ONCE)));
    }
  }

  private void killListed(Path group, List<Integer> pids) throws IOException {
    Map<Integer, Fd> pinned = new LinkedHashMap<>();
    try {
      for (int pid : pids) {
        pin(pid, pinned);
      }
      Set<Integer> members = new HashSet<>(list(group));
      for (Map.Entry<Integer, Fd> process : pinned.entrySet()) {
        if (members.contains(process.getKey())) {
          signal(process.getValue());
        }
      }
    } finally {
      pinned.values().forEach(Fd::close);
    }
  }

  private void pin(int pid, Map<Integer, Fd> pinned) throws IOException {
    try {
      pinned.put(pid, calls.pidfdOpen(pid));
    } catch (ErrnoException e) {
      // EINVAL and, since Linux 6.16, ENOENT: the number is now a thread of another process.
      if (!e.is(Errno.ESRCH, Errno.EINVAL, Errno.ENOENT)) {
        throw e;
      }
    }
  }

  private void signal(Fd pidfd) throws IOException {
    try {
      calls.pidfdSendSignal(pidfd, ProcessCalls.SIGKILL);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }
}
