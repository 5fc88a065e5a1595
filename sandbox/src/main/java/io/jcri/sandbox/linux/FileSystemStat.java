package io.jcri.sandbox.linux;

/**
 * What statfs(2) says of a file system.
 *
 * @param type its magic number
 * @param blockSize in bytes
 * @param blocks in all
 * @param freeBlocks not used
 * @param availableBlocks not used and not reserved for root
 * @param files inodes in all, 0 when it has no limit
 * @param freeFiles inodes not used
 */
public record FileSystemStat(
    long type,
    long blockSize,
    long blocks,
    long freeBlocks,
    long availableBlocks,
    long files,
    long freeFiles) {
  public static final long CGROUP2_MAGIC = 0x63677270;
  public static final long TMPFS_MAGIC = 0x01021994;
  public static final long NSFS_MAGIC = 0x6e736673;
  public static final long OVERLAY_MAGIC = 0x794c7630;
}
