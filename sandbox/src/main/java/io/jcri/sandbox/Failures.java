package io.jcri.sandbox;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Collects what goes wrong on the way, for work that must be tried to its end. */
final class Failures {
  /** One step. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private @Nullable IOException first;

  void attempt(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  boolean none() {
    return first == null;
  }

  void throwFirst() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
