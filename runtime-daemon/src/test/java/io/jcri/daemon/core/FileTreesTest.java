package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of the daemon's own making go whole, and nothing else does. */
class FileTreesTest {
  @TempDir private Path directory;

  @Test
  void allBelowGoesAndNoLinkIsFollowed() throws IOException {
    Path kept = Files.createDirectories(directory.resolve("kept"));
    Files.createFile(kept.resolve("file"));
    Path tree = directory.resolve("tree");
    Files.createDirectories(tree.resolve("a/b"));
    Files.createFile(tree.resolve("a/file"));
    Files.createSymbolicLink(tree.resolve("a/link"), kept);
    FileTrees.delete(tree);
    assertThat(tree).doesNotExist();
    assertThat(kept.resolve("file")).exists();
    FileTrees.delete(tree);
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    FileTrees.delete(file);
    assertThat(file).exists();
  }
}
