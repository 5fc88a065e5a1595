package io.jcri.shim;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes away what a test may have left. */
final class Sweep {
  private Sweep() {}

  /** Has the runtime delete all containers below its root, as after a shim that was killed. */
  static void runtime(Path runtimeRoot, Path runtime) throws IOException {
    if (!Files.isDirectory(runtimeRoot)) {
      return;
    }
    try (DirectoryStream<Path> containers = Files.newDirectoryStream(runtimeRoot)) {
      for (Path container : containers) {
        run(
            runtime.toString(),
            "--root",
            runtimeRoot.toString(),
            "delete",
            "--force",
            container.getFileName().toString());
      }
    }
  }

  /** Removes a directory of cgroups from every hierarchy. */
  static void cgroups(String name) throws IOException {
    try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies) {
        directories(hierarchy.resolve(name));
      }
    }
    directories(Path.of("/sys/fs/cgroup").resolve(name));
  }

  private static void directories(Path top) throws IOException {
    if (!Files.isDirectory(top)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(top)) {
      deepestFirst = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path directory : deepestFirst) {
      Files.deleteIfExists(directory);
    }
  }

  /** Removes a tree of files. */
  static void tree(Path top) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(top)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }

  /** Runs a command to its end, silently. */
  static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
