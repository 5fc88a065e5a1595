package io.jcri.daemon.container;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes the OOM score of a container's processes, and back; for one thread. Never that of a
 * process which has got the number of one that has ended: an open directory of /proc pins it.
 */
final class OomScores {
  /**
   * A process made while we look has the score of its parent, so the second look finds the last.
   */
  private static final int LOOKS = 2;

  /** How many processes are held by a descriptor at the same time. */
  private static final int AT_ONCE = 256;

  private final Set<Integer> done = new HashSet<>();
  private final Map<ProcessId, String> before = new LinkedHashMap<>();

  /** Who is there now. */
  @FunctionalInterface
  interface Processes {
    Set<Integer> list() throws IOException;
  }

  /**
   * Sets the score of every process; one that has just ended is fine.
   *
   * @throws IOException naming the file that the kernel refuses; those before it are changed
   */
  void set(Processes processes, int score) throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      List<Integer> pids = new ArrayList<>(processes.list());
      pids.removeAll(done);
      for (int from = 0; from < pids.size(); from += AT_ONCE) {
        set(pids.subList(from, Math.min(pids.size(), from + AT_ONCE)), processes, score);
      }
    }
  }

  /** Opens them all, looks again who is there, and only then writes. */
  private void set(List<Integer> pids, Processes processes, int score) throws IOException {
    Map<Integer, Fd> pinned = new LinkedHashMap<>();
    try {
      for (int pid : pids) {
        pin(pid, pinned);
      }
      Set<Integer> there = processes.list();
      for (Map.Entry<Integer, Fd> process : pinned.entrySet()) {
        if (there.contains(process.getKey())) {
          write(process.getKey(), process.getValue(), Integer.toString(score));
        }
      }
    } finally {
      pinned.values().forEach(Fd::close);
    }
  }

  void restore() throws IOException {
    for (Map.Entry<ProcessId, String> process : before.entrySet()) {
      int pid = process.getKey().pid();
      Map<Integer, Fd> pinned = new LinkedHashMap<>();
      try {
        pin(pid, pinned);
        Fd directory = pinned.get(pid);
        if (directory != null && process.getKey().alive()) {
          Files.writeString(file(directory), process.getValue());
        }
      } catch (IOException e) {
        rethrowUnlessGone(pid, e);
      } finally {
        pinned.values().forEach(Fd::close);
      }
    }
  }

  private static void pin(int pid, Map<Integer, Fd> pinned) throws IOException {
    try {
      int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;
      pinned.put(pid, Linux.get().open("/proc/" + pid, flags, 0));
    } catch (ErrnoException e) {
      if (!e.is(Errno.ENOENT, Errno.ESRCH)) {
        throw e;
      }
    }
  }

  private void write(int pid, Fd directory, String score) throws IOException {
    try {
      String old = Files.readString(file(directory)).strip();
      var process = ProcessId.of(pid);
      Files.writeString(file(directory), score);
      done.add(pid);
      process.ifPresent(known -> before.put(known, old));
    } catch (IOException e) {
      rethrowUnlessGone(pid, e);
    }
  }

  /** Between open and write the process may end: ESRCH. */
  private static void rethrowUnlessGone(int pid, IOException e) throws IOException {
    boolean gone =
        e instanceof NoSuchFileException || String.valueOf(e.getMessage()).contains("No such proc");
    if (!gone) {
      throw new IOException(
          "cannot write /proc/%d/oom_score_adj: %s".formatted(pid, e.getMessage()), e);
    }
  }

  private static Path file(Fd directory) {
    return Path.of(directory.procPath(), "oom_score_adj");
  }
}
