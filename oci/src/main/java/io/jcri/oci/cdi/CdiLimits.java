package io.jcri.oci.cdi;

/** How much of what vendors write is kept, in bytes. */
public final class CdiLimits {
  /** One file: with hundreds of devices it has 100 KiB. A larger one is left out. */
  public static final int FILE = 1 << 20;

  /** All files together; those that come after it is reached are left out. */
  public static final int ALL_FILES = 4 << 20;

  private CdiLimits() {}
}
