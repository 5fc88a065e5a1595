package io.jcri.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths of network namespaces, as plugins are given them. */
public final class Netns {
  private Netns() {}

  /**
   * Whether there is a namespace at the path. Once a pinned one was unmounted, an ordinary file is
   * left where it was, and plugins fail on that where they would do well without any: DEL is given
   * none then.
   */
  public static boolean isOne(Path path) {
    try {
      // The kernel has all namespaces on a file system of their own, which nothing else is on.
      Path itself = Path.of("/proc/self/ns/net");
      return Files.getAttribute(path, "unix:dev").equals(Files.getAttribute(itself, "unix:dev"));
    } catch (IOException e) {
      return false; // gone, with its process or its file
    }
  }
}
