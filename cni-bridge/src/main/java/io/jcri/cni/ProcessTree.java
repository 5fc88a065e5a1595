package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private static final int ROUNDS = 100;

  private ProcessTree() {}

  /** Returns once no process carries the mark, or, with a warning, after about a second. */
  static void kill(Process root, String mark) {
    root.destroyForcibly();
    byte[] entry = (MARK + "=" + mark).getBytes(StandardCharsets.UTF_8);
    boolean interrupted = false;
    List<ProcessHandle> left = List.of();
    // Repeated, since a process may fork between being seen and being killed.
    for (int round = 0; round < ROUNDS; round++) {
      left = marked(entry);
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

  private static List<ProcessHandle> marked(byte[] entry) {
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        // The handle first: should the pid be reused after the read, it no longer matches.
        var handle = ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
        if (handle.isPresent() && contains(environment(process), entry)) {
          found.add(handle.get());
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

  private static boolean contains(byte[] environment, byte[] entry) {
    int start = 0;
    for (int i = 0; i <= environment.length; i++) {
      if (i == environment.length || environment[i] == 0) {
        if (i - start == entry.length
            && Arrays.equals(environment, start, i, entry, 0, entry.length)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }
}
