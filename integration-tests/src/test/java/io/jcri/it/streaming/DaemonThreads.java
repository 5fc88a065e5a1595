package io.jcri.it.streaming;

import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the kernel knows of the daemon's threads and descriptors. */
final class DaemonThreads {
  private DaemonThreads() {}

  /** How many platform threads have a name that begins so. */
  static int named(TestNode node, String prefix) throws IOException {
    int found = 0;
    for (Path task : children(node, "task")) {
      try {
        if (Files.readString(task.resolve("comm")).startsWith(prefix)) {
          found++;
        }
      } catch (IOException e) {
        throwUnlessEnded(task, e);
      }
    }
    return found;
  }

  /** How many descriptors the daemon has open. */
  static int descriptors(TestNode node) throws IOException {
    return children(node, "fd").size();
  }

  /** How many descriptors a process has open. */
  static int descriptors(int pid) throws IOException {
    return children(Path.of("/proc", "" + pid, "fd")).size();
  }

  /** The network namespaces that its threads live in. */
  static Set<String> networkNamespaces(TestNode node) throws IOException {
    Set<String> namespaces = new TreeSet<>();
    for (Path task : children(node, "task")) {
      try {
        namespaces.add(Files.readSymbolicLink(task.resolve("ns/net")).toString());
      } catch (IOException e) {
        throwUnlessEnded(task, e);
      }
    }
    return namespaces;
  }

  /** One that ends has no files any more, or ESRCH in the middle of a read. */
  private static void throwUnlessEnded(Path task, IOException e) throws IOException {
    if (!(e instanceof NoSuchFileException) && Files.exists(task)) {
      throw e;
    }
  }

  private static List<Path> children(TestNode node, String folder) throws IOException {
    return children(Path.of("/proc", "" + node.daemon().process().pid(), folder));
  }

  private static List<Path> children(Path path) throws IOException {
    try (Stream<Path> list = Files.list(path)) {
      return list.toList();
    }
  }
}
