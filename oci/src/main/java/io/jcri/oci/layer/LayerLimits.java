package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.tar.TarEntry;

/**
 * How much one layer may be. All but the names are a matter of the disk: what is unpacked is not
 * held in memory.
 *
 * @param bytes as tar, and on disk with what is copied from the layers below
 * @param entries of the archive, and files copied from the layers below
 * @param names characters of names that wait for the layers below, see {@link PendingNames}
 */
public record LayerLimits(long bytes, long entries, long names) {

  /** The largest layer, as tar and on disk, that is not taken for an attack. */
  public static final long MAX_BYTES = 512L << 30;

  /** A file system of 64 GiB has as many inodes. */
  public static final long MAX_ENTRIES = 4 << 20;

  /** Of names that are kept in memory. */
  public static final long MAX_NAMES = 8 << 20;

  static final LayerLimits DEFAULT = new LayerLimits(MAX_BYTES, MAX_ENTRIES, MAX_NAMES);

  /**
   * What an honest archive may take on disk for each of its bytes: a directory is a header of half
   * a KiB there and a block here. A sparse file could make a block of a few bytes.
   */
  private static final int GROWTH = 8;

  /** Directories that have no entry of their own are not counted by {@link #GROWTH}. */
  private static final long GROWTH_FREE = 512L << 20;

  /**
   * The limits of an archive.
   *
   * @param tarBytes the most that it may have
   */
  LayerLimits ofArchive(long tarBytes) {
    long grown = tarBytes < MAX_BYTES / GROWTH ? GROWTH_FREE + GROWTH * tarBytes : Long.MAX_VALUE;
    return new LayerLimits(Math.min(bytes, grown), entries, names);
  }

  /**
   * @param path where it is reached, for the message
   * @throws io.jcri.oci.OciException INVALID when it is more
   */
  void checkDisk(long taken, String path) {
    if (taken > bytes) {
      throw invalid(
          "more than %d bytes on disk at \"%s\", the limit".formatted(bytes, TarEntry.shown(path)));
    }
  }

  /** As {@link #checkDisk}. */
  void checkEntries(long count, String path) {
    if (count > entries) {
      throw invalid(
          "more than %d entries at \"%s\", the limit".formatted(entries, TarEntry.shown(path)));
    }
  }
}
