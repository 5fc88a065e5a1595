package io.jcri.oci.file;

/**
 * Space on a file system.
 *
 * @param bytes allocated, as du(1) counts them
 * @param inodes files of any type
 */
public record DiskUsage(long bytes, long inodes) {

  public static final DiskUsage NONE = new DiskUsage(0, 0);

  private static final int BLOCK = 4096;

  /** A file without holes, or a small directory, on a file system of common blocks. */
  public static DiskUsage ofFile(long length) {
    return new DiskUsage(length + (-length & (BLOCK - 1)), 1);
  }

  public DiskUsage plus(DiskUsage other) {
    return new DiskUsage(bytes + other.bytes, inodes + other.inodes);
  }
}
