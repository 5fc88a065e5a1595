package io.jcri.daemon.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second daemon off a folder, from before this one reads the first record in there: two
 * would undo each other's pods. The kernel lets the lock go when the process ends, however that
 * comes; no child has it.
 *
 * @param held to be kept: with the channel goes the lock
 */
record FolderLock(FileLock held) {
  /**
   * Takes the lock, which is a file.
   *
   * @throws IOException naming the folder when another daemon has it
   */
  static FolderLock take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw inUse(file); // by this very process
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(file);
    }
    return new FolderLock(lock);
  }

  private static IOException inUse(Path file) {
    return new IOException("another daemon uses " + file.getParent());
  }
}
