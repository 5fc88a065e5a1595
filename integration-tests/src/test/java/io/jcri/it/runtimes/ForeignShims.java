package io.jcri.it.runtimes;

import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

  /** Empty for one that has ended. */
  private static String commandLine(long process) {
    try {
      return Files.readString(Path.of("/proc/" + process + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }
}
