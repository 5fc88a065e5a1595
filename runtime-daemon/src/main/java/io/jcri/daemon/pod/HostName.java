package io.jcri.daemon.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a pod's containers are told to be called. */
public final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The pod's own name, or the node's when it has none or shares the node's network. */
  public static String of(Pod pod) {
    String own = pod.config().hostname();
    return own.isEmpty() ? ofNode() : own;
  }

  /** The node's name, as the kernel has it now. */
  public static String ofNode() {
    try {
      return Files.readString(KERNEL).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + KERNEL, e);
    }
  }
}
