package io.jcri.oci.signature;

/** One signature is not what is wanted; another may be. The message says why. */
final class RejectedSignatureException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int MAX_MESSAGE = 1_000;

  RejectedSignatureException(String why) {
    super(why.length() > MAX_MESSAGE ? why.substring(0, MAX_MESSAGE) + "..." : why);
  }
}
