package io.jcri.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Changes the OOM score of a container's processes, and back. For one thread. */
final class OomScores {
  /**
   * A process made while we look has the score of its parent, so the second look finds the last.
   */
  private static final int LOOKS = 2;

  private final Map<Integer, String> before = new LinkedHashMap<>();

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
      for (int pid : processes.list()) {
        if (!before.containsKey(pid)) {
          write(pid, Integer.toString(score));
        }
      }
    }
  }

  void restore() throws IOException {
    for (Map.Entry<Integer, String> process : before.entrySet()) {
      try {
        Files.writeString(file(process.getKey()), process.getValue());
      } catch (IOException e) {
        rethrowUnlessGone(process.getKey(), e);
      }
    }
  }

  private void write(int pid, String score) throws IOException {
    try {
      String old = Files.readString(file(pid)).strip();
      Files.writeString(file(pid), score);
      before.put(pid, old);
    } catch (IOException e) {
      rethrowUnlessGone(pid, e);
    }
  }

  /** Between open and write the process may end: ESRCH. */
  private static void rethrowUnlessGone(int pid, IOException e) throws IOException {
    boolean gone =
        e instanceof NoSuchFileException || String.valueOf(e.getMessage()).contains("No such proc");
    if (!gone) {
      throw new IOException("cannot write " + file(pid) + ": " + e.getMessage(), e);
    }
  }

  private static Path file(int pid) {
    return Path.of("/proc", Integer.toString(pid), "oom_score_adj");
  }
}
