package io.jcri.cni;

/** How much of what others write is read at once, in bytes. */
public final class CniLimits {
  /** What a plugin may print to either stream: results have a few KiB. More ends it. */
  public static final int PLUGIN_OUTPUT = 256 << 10;

  /** A configuration file, or an entry of the result cache. A larger one is left out. */
  public static final int FILE = 1 << 20;

  private CniLimits() {}
}
