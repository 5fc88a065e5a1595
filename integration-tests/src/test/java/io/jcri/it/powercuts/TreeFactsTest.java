package io.jcri.it.powercuts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge that sees no difference would find every disk whole. */
class TreeFactsTest {
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path top;
  private Path file;
  private TreeFacts before;

  @BeforeEach
  void setUp() throws Exception {
    Files.createDirectories(top.resolve("folder"));
    file = Files.writeString(top.resolve("folder/file"), "content");
    Files.createSymbolicLink(top.resolve("link"), Path.of("folder"));
    Files.setLastModifiedTime(file, TIME);
    before = TreeFacts.of(top);
  }

  private void assertDifferent(String what) throws Exception {
    assertThat(TreeFacts.of(top).differences(before))
        .singleElement()
        .asString()
        .startsWith(what + " is ");
  }

  @Test
  void theSameIsTheSame() throws Exception {
    assertThat(TreeFacts.of(top).differences(before)).isEmpty();
    assertThat(before.sums()).hasLineCount(1).endsWith("  /folder/file\n");
  }

  @Test
  void aByteCounts() throws Exception {
    Files.writeString(file, "contend");
    Files.setLastModifiedTime(file, TIME);
    assertDifferent("folder/file");
  }

  @Test
  void modesTargetsAndMissingFilesCount() throws Exception {
    Files.setPosixFilePermissions(
        top.resolve("folder"), PosixFilePermissions.fromString("rwx------"));
    assertDifferent("folder");
    before = TreeFacts.of(top);
    Files.delete(top.resolve("link"));
    assertDifferent("link");
    before = TreeFacts.of(top);
    Files.delete(file);
    assertDifferent("folder/file");
  }
}
