package io.jcri.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path folder;

  @Test
  void aFolderHasOneDaemonAtATime() throws IOException {
    Path file = folder.resolve("lock");
    FolderLock first = FolderLock.take(file);
    assertThatIOException()
        .isThrownBy(() -> FolderLock.take(file))
        .withMessage("another daemon uses " + folder);
    first.held().channel().close();
    FolderLock second = FolderLock.take(file);
    assertThat(second.held().isValid()).isTrue();
    second.held().channel().close();
  }
}
