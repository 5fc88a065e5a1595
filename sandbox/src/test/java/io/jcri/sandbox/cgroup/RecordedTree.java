package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The part of a host's file tree that tells of its control groups, from {@code cgroup/x.tree}. */
final class RecordedTree {
  private RecordedTree() {}

  /** Lays the tree out in {@code root} and reads it. */
  static Cgroups open(String name, Path root) throws IOException {
    String text;
    try (InputStream in = RecordedTree.class.getResourceAsStream("/cgroup/" + name + ".tree")) {
      text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    for (String part : text.substring("== ".length()).split("\n== ", -1)) {
      int end = part.indexOf('\n');
      Path file = root.resolve(part.substring(0, end));
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      String content = part.substring(end + 1);
      Files.writeString(
          file, content.isEmpty() || content.endsWith("\n") ? content : content + "\n");
    }
    return Cgroups.detect(Linux.get(), root);
  }
}
