package io.jcri.oci.file;

/** How much of what an image's author declares a volume is copied for one container. */
public final class VolumeLimits {
  /** Volumes; each is a mount. */
  public static final int MAX_VOLUMES = 256;

  /** Bytes of files, without their holes, in all volumes of a container. */
  public static final long MAX_BYTES = 16L << 30;

  /** Files of any kind in all volumes of a container. */
  public static final long MAX_ENTRIES = 1 << 20;

  /** Directories in each other: two descriptors are open for each. */
  public static final int MAX_DEPTH = 128;

  private VolumeLimits() {}
}
