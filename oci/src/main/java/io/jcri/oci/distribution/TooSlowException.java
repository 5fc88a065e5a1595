package io.jcri.oci.distribution;

import java.io.IOException;

/** A body comes, but slower than {@link Patience} allows. */
final class TooSlowException extends IOException {
  private static final long serialVersionUID = 1;

  private final long least;

  /**
   * @param least how many bytes should have come instead
   */
  TooSlowException(String message, long least) {
    super(message);
    this.least = least;
  }

  long least() {
    return least;
  }
}
