package io.jcri.it.runtimes;

import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The processes of shims of containerd's kind. */
final class ForeignShims {
  private ForeignShims() {}

  /** That which serves a pod. */
  static long of(TestPod pod) {
    return ProcessHandle.allProcesses()
        .mapToLong(ProcessHandle::pid)
        .filter(process -> commandLine(process).contains("\0-id\0" + pod.id() + "\0"))
        .findFirst()
        .orElseThrow();
  }

  /** The process that hears what it publishes. */
  static Optional<Long> listener(TestPod pod) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(process -> read(process, "comm").equals("jcri-task-event\n"))
        .filter(process -> commandLine(process).contains("\0" + pod.id() + "\0"))
        .findFirst();
  }

  private static String commandLine(long process) {
    return read(process, "cmdline");
  }

  /** Empty for one that has ended. */
  private static String read(long process, String file) {
    try {
      return Files.readString(Path.of("/proc/" + process, file));
    } catch (IOException e) {
      return "";
    }
  }
}
