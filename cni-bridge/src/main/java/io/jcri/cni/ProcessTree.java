package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills a process and everything that came of it. The children are found by a variable in their
 * environment, which they inherit: this also finds those that were left to init or made a session
 * of their own, which process groups and parent ids would miss, and costs nothing until it is
 * needed.
 */
final class ProcessTree {
  /** Name of the variable; its value is unique for each process that we start. */
  static final String MARK = "JCRI_CNI_CALL";

  private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);
  private static final Path PROC = Path.of("/proc");
  private static final byte[] ENTRY = (MARK + "=").getBytes(StandardCharsets.UTF_8);
  private static final int ROUNDS = 100;

  /** Guards what follows; held while somebody looks. */
  private static final ReentrantLock LOOKING = new ReentrantLock();

  private static Map<String, List<ProcessHandle>> seen = Map.of();
  private static long looks;
  private static long lookedAt;

  private ProcessTree() {}

  /** Returns once no process carries the mark, or, with a warning, after about a second. */
  static void kill(Process root, String mark) {
    root.destroyForcibly();
    boolean interrupted = false;
    List<ProcessHandle> left = List.of();
    // Repeated, since a process may fork between being seen and being killed.
    for (int round = 0; round < ROUNDS; round++) {
      left = marked(mark);
      if (left.isEmpty()) {
        break;
      }
      left.forEach(ProcessHandle::destroyForcibly);
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!left.isEmpty()) {
      log.warn("processes of a killed plugin do not end: {}", left);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The processes that carry a mark by now. Whoever asks while somebody looks waits for one further
   * look, which is for all that wait: of fifty plugins that have hung at once, each with a look of
   * its own at every process of the machine, other calls would get no processor for ten seconds.
   */
  private static List<ProcessHandle> marked(String mark) {
    long asked = System.nanoTime();
    LOOKING.lock();
    try {
      if (looks == 0 || lookedAt - asked < 0) {
        lookedAt = System.nanoTime();
        looks++;
        seen = look();
      }
      return seen.getOrDefault(mark, List.of());
    } finally {
      LOOKING.unlock();
    }
  }

  /** How often all processes of the machine were looked at. */
  static long looks() {
    LOOKING.lock();
    try {
      return looks;
    } finally {
      LOOKING.unlock();
    }
  }

  /** All processes that carry a mark, by its value. */
  private static Map<String, List<ProcessHandle>> look() {
    Map<String, List<ProcessHandle>> found = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        // The handle first: should the pid be reused after the read, it no longer matches.
        var handle = ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
        if (handle.isPresent()) {
          for (String mark : marks(environment(process))) {
            found.computeIfAbsent(mark, _ -> new ArrayList<>()).add(handle.get());
          }
        }
      }
    } catch (IOException e) {
      log.warn("cannot look for children of a killed plugin: {}", Reasons.of(e));
    }
    return found;
  }

  private static byte[] environment(Path process) {
    try {
      return Files.readAllBytes(process.resolve("environ"));
    } catch (IOException e) {
      return new byte[0]; // It ended meanwhile.
    }
  }

  private static List<String> marks(byte[] environment) {
    List<String> marks = new ArrayList<>(1);
    int start = 0;
    for (int i = 0; i <= environment.length; i++) {
      if (i == environment.length || environment[i] == 0) {
        int value = start + ENTRY.length;
        if (value <= i && Arrays.equals(environment, start, value, ENTRY, 0, ENTRY.length)) {
          marks.add(new String(environment, value, i - value, StandardCharsets.UTF_8));
        }
        start = i + 1;
      }
    }
    return marks;
  }
}
