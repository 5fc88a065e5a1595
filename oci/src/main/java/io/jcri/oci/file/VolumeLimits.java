package io.jcri.oci.file;

/** How much of an image is copied for one container. */
public final class VolumeLimits {
  /** Volumes; each is a mount. */
  public static final int MAX_VOLUMES = 256;

  /** Bytes of files, without their holes, in all volumes of a container. */
  public static final long MAX_BYTES = 16L << 30;

  /** Files of any kind in all volumes of a container. */
  public static final long MAX_ENTRIES = 1 << 20;

  /** Bytes of files, without their holes, in a root file system that is a copy. */
  public static final long MAX_ROOT_BYTES = 128L << 30;

  /** Files of any kind in a root file system that is a copy. */
  public static final long MAX_ROOT_ENTRIES = 4 << 20;

  /** Directories in each other: two descriptors are open for each. */
  public static final int MAX_DEPTH = 128;

  private VolumeLimits() {}
}
