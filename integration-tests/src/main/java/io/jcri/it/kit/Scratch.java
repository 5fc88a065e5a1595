package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two folders of a test's own, deleted in the end.
 *
 * @param disk below /var/tmp or on a disk of the caller's choice, for images and writable layers
 * @param state below /run and as short as can be, since the path of a unix socket has at most 107
 *     bytes and a container's id already takes 64
 */
public record Scratch(Path disk, Path state) implements AutoCloseable {
  /** Makes the folders. */
  public static Scratch create() throws IOException {
    return createOn(Path.of("/var/tmp"));
  }

  /** Makes the folders, the larger one below one of a disk that the caller chooses. */
  public static Scratch createOn(Path room) throws IOException {
    for (int i = 0; ; i++) {
      Path state = Path.of("/run", OwnMarks.FOLDER + i);
      if (Files.notExists(state)) {
        Files.createDirectory(state);
        Path disk = Files.createTempDirectory(room, OwnMarks.FOLDER);
        // The root of a user namespace must find its way to its container's root.
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rwx--x--x"));
        return new Scratch(disk, state);
      }
    }
  }

  /** Deletes the folders; fails rather than to delete what is mounted there. */
  @Override
  public void close() throws IOException {
    delete(state);
    delete(disk);
  }

  private static void delete(Path folder) throws IOException {
    List<String> mounts = mountsBelow(folder);
    if (!mounts.isEmpty()) {
      throw new IOException("not deleted: %s has mounts: %s".formatted(folder, mounts));
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path done, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(done);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static List<String> mountsBelow(Path folder) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", -1)[4])
        .filter(path -> Path.of(path).startsWith(folder))
        .toList();
  }
}
