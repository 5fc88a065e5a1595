package io.jcri.daemon.selftest;

import org.jspecify.annotations.Nullable;

/** A step of the selftest failed; the message says which and how. */
public final class SelftestException extends Exception {
  private static final long serialVersionUID = 1L;

  SelftestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
