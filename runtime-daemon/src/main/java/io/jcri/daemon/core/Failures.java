package io.jcri.daemon.core;

import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Turns what a thread or a domain call ended with into something to throw to the caller. */
public final class Failures {
  private Failures() {}

  /** Unchecked exceptions as they are (the edge knows their kinds), the rest wrapped. */
  public static RuntimeException unchecked(@Nullable Throwable cause, String what) {
    return switch (cause) {
      case RuntimeException e -> e;
      case IOException e -> new UncheckedIOException(e);
      case Error e -> throw e;
      case null -> new JcriException(Kind.INTERNAL, what + " failed");
      default -> new JcriException(Kind.INTERNAL, what + ": " + Reasons.of(cause), cause);
    };
  }
}
