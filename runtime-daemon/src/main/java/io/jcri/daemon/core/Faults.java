package io.jcri.daemon.core;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * How a failure is told: one line with its reason. The stack is for who mends jcri, so it comes
 * with what is a bug of ours, and otherwise at debug.
 */
public final class Faults {
  private Faults() {}

  /** Whether nobody has foreseen it: neither we nor the kernel or a program has told why. */
  public static boolean isBug(Throwable failure) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof Error
          || (at instanceof RuntimeException
              && !(at instanceof JcriException)
              && !(at instanceof OciException)
              && !(at instanceof UncheckedIOException))) {
        return true;
      }
    }
    return false;
  }

  /**
   * An error of jcri's or the node's.
   *
   * @param what failed on what
   */
  public static void error(Logger log, String what, Throwable failure) {
    if (isBug(failure)) {
      log.error("{}: {}", what, Reasons.of(failure), failure);
    } else {
      log.error("{}: {}", what, Reasons.of(failure));
      log.debug("{}", what, failure);
    }
  }

  /** What went wrong and is lived with. */
  public static void warn(Logger log, String what, Throwable failure) {
    if (isBug(failure)) {
      log.warn("{}: {}", what, Reasons.of(failure), failure);
    } else {
      log.warn("{}: {}", what, Reasons.of(failure));
    }
  }
}
