package io.jcri.oci.signature;

/** How far what is read of an image's signatures may grow. */
public final class SignatureLimits {

  /** The most bytes of all signatures of one image, GPG's or sigstore's. */
  public static final int ALL_BYTES = 2 << 20;

  /** The most bytes of one. */
  static final int BYTES = 128 << 10;

  /** The most signatures of one image. */
  static final int SIGNATURES = 128;

  private SignatureLimits() {}
}
