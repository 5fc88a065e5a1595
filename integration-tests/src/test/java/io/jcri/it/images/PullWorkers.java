package io.jcri.it.images;

import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The pull worker of a node, and what it works on. */
record PullWorkers(TestNode node) {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One, or none when nobody needs it. */
  List<ProcessHandle> all() {
    return node.daemon()
        .process()
        .descendants()
        .filter(process -> commandLine(process).contains("pull-worker"))
        .toList();
  }

  /** What Java says of it is cut off; a process that is gone has none. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Where the image store is. */
  Path store() {
    return node.daemon().root().resolve("image");
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Whether a layer or an archive is being unpacked. */
  boolean isUnpacking() throws IOException {
    return names(store().resolve("layers")).stream().anyMatch(name -> name.startsWith("new-"));
  }

  /** Fails when layers stay that nobody finishes. */
  void assertNothingUnfinished() throws IOException {
    Waiting.until(PATIENCE, () -> !isUnpacking(), () -> "unfinished layers are left");
  }
}
