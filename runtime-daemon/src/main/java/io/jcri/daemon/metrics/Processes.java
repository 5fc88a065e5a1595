package io.jcri.daemon.metrics;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processes of a container have open, from /proc; one that ends meanwhile has nothing.
 *
 * @param descriptors file descriptors
 * @param sockets of them sockets
 */
record Processes(long descriptors, long sockets) {
  private static final Logger log = LoggerFactory.getLogger(Processes.class);
  private static final String OPEN_FILES = "Max open files";
  private static final long UNLIMITED = -1;

  static Processes of(Path proc, List<Integer> pids) {
    long descriptors = 0;
    long sockets = 0;
    for (int pid : pids) {
      Path directory = proc.resolve(Integer.toString(pid)).resolve("fd");
      try (DirectoryStream<Path> open = Files.newDirectoryStream(directory)) {
        for (Path file : open) {
          descriptors++;
          if (isSocket(file)) {
            sockets++;
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        log.trace("process {} has ended", pid);
      }
    }
    return new Processes(descriptors, sockets);
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // it was closed
    }
  }

  /** The soft limit on open files of one process; -1 for none, empty when it has ended. */
  static OptionalLong openFilesLimit(Path proc, int pid) {
    try {
      for (String line :
          Files.readAllLines(proc.resolve(Integer.toString(pid)).resolve("limits"))) {
        if (line.startsWith(OPEN_FILES)) {
          String soft = line.substring(OPEN_FILES.length()).strip().split("\\s+", 2)[0];
          return OptionalLong.of(soft.equals("unlimited") ? UNLIMITED : Long.parseLong(soft));
        }
      }
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }
}
