package io.jcri.oci.distribution;

/** How far what registries send may grow. */
public final class RegistryLimits {
  /** Bytes of blobs that come in pieces and wait in memory for their turn, of a whole client. */
  public static final long PIECES_AT_ONCE = 32 << 20;

  private RegistryLimits() {}
}
