package io.jcri.daemon.imports.bolt;

import java.io.IOException;

/** A file is no database, or a damaged one. The message says where. */
public final class BoltException extends IOException {
  private static final long serialVersionUID = 1;

  BoltException(String message) {
    super(message);
  }
}
