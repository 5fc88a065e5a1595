package io.jcri.daemon.imports.bolt;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A bbolt database that somebody else may be writing to. Stateless.
 *
 * <p>No lock is taken: who has the database open holds flock(2) on it for as long. A writer never
 * changes pages that the newest state needs; it may use them again only once it has written a newer
 * state. So what was read belongs together if the state is still the newest one afterwards, and is
 * read again if not.
 */
public final class BoltFile {
  private static final int MOST_TRIES = 20;
  private static final Path LOCKS = Path.of("/proc/locks");

  /** What is made of a state of the database. */
  @FunctionalInterface
  public interface Reading<T> {
    T of(BoltBucket root) throws IOException;
  }

  private BoltFile() {}

  /**
   * The process that has the database open, as far as can be seen: it holds flock(2), which
   * proc_locks(5) tells by the number of the file.
   *
   * @return empty also when there is no such file
   */
  public static Optional<String> openedBy(Path file) throws IOException {
    if (Files.notExists(file) || Files.notExists(LOCKS)) {
      return Optional.empty();
    }
    String inode = ":" + Files.getAttribute(file, "unix:ino");
    try (Stream<String> locks = Files.lines(LOCKS)) {
      // 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
      return locks
          .map(line -> line.split(" +", -1))
          .filter(fields -> fields.length > 5 && fields[1].equals("FLOCK"))
          .filter(fields -> fields[5].endsWith(inode))
          .map(fields -> fields[4])
          .findFirst();
    }
  }

  /**
   * Reads one state of the database.
   *
   * @param reading may be called several times; what it fails with counts if the state is still the
   *     newest
   * @throws BoltException when the file is damaged or no database, or changes all the time
   */
  public static <T> T read(Path file, Reading<T> reading) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < MOST_TRIES; i++) {
        Meta before = Meta.newest(channel);
        try {
          T result = reading.of(BoltBucket.root(new Pages(channel, before), before.root()));
          if (Meta.newest(channel).equals(before)) {
            return result;
          }
        } catch (IOException | RuntimeException e) {
          // Pages that are another state's by now may say anything.
          if (Meta.newest(channel).equals(before)) {
            throw e;
          }
        }
      }
      throw new BoltException("it is written to faster than it can be read");
    }
  }
}
