package io.jcri.it.kit;

import java.nio.file.Path;
import jnr.posix.FileStat;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Looks at files and processes by another route than the daemon's: jnr-posix rather than
 * java.lang.foreign, so that a wrong structure layout in our own system calls cannot hide itself.
 */
public final class Witness {
  private static final POSIX LIBC = POSIXFactory.getPOSIX();

  private Witness() {}

  /**
   * What lstat(2) says of a file.
   *
   * @param mode with the type of the file
   */
  public record File(int mode, int uid, int gid, long size, int links, long modifiedSeconds) {
    /** Returns the permission bits, with set-user-ID and the like. */
    public int permissions() {
      return mode & 07777;
    }
  }

  /** Looks at a file without following a link at its end. */
  public static File look(Path path) {
    FileStat stat = LIBC.lstat(path.toString());
    return new File(
        stat.mode(), stat.uid(), stat.gid(), stat.st_size(), stat.nlink(), stat.mtime());
  }

  /** Says whether a process exists, a zombie included. */
  public static boolean exists(int pid) {
    return LIBC.kill(pid, 0) == 0;
  }
}
