package io.jcri.sandbox.linux;

/**
 * What statx(2) says of a file.
 *
 * @param deviceMajor of the file system
 * @param deviceMinor of the file system
 * @param inode its number
 * @param mode type and permissions
 * @param links names it has
 * @param uid owner, 32 unsigned bits
 * @param gid group, 32 unsigned bits
 * @param rdevMajor of the device that it is
 * @param rdevMinor of the device that it is
 * @param size in bytes
 * @param blocks of 512 bytes that it takes
 * @param modifiedSec seconds since 1970 of its last change of content
 * @param modifiedNs nanoseconds to add
 * @param mountId of the mount it was reached by, as in mountinfo; 0 before Linux 5.8
 */
public record FileStat(
    int deviceMajor,
    int deviceMinor,
    long inode,
    int mode,
    long links,
    long uid,
    long gid,
    int rdevMajor,
    int rdevMinor,
    long size,
    long blocks,
    long modifiedSec,
    int modifiedNs,
    long mountId) {
  public static final int SOCKET = 0140000;
  public static final int LINK = 0120000;
  public static final int REGULAR = 0100000;
  public static final int BLOCK_DEVICE = 0060000;
  public static final int DIRECTORY = 0040000;
  public static final int CHARACTER_DEVICE = 0020000;
  public static final int FIFO = 0010000;
  private static final int TYPE_MASK = 0170000;

  /** The type's bits, one of the constants. */
  public int type() {
    return mode & TYPE_MASK;
  }

  /** The 12 permission bits. */
  public int permissions() {
    return mode & 07777;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return type() == DIRECTORY;
  }

  /** Whether it is a plain file. */
  public boolean isRegular() {
    return type() == REGULAR;
  }

  /** Whether it is a symbolic link. */
  public boolean isLink() {
    return type() == LINK;
  }
}
