package io.jcri.daemon.imports;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Another runtime's store, or an image in it, is of no use. The message says why. */
public final class ImportException extends IOException {
  private static final long serialVersionUID = 1;

  /** For a reason. */
  public ImportException(String message) {
    this(message, null);
  }

  /** For a reason that comes from below. */
  public ImportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
