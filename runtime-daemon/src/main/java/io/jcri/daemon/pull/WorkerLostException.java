package io.jcri.daemon.pull;

import io.jcri.oci.OciException;

/** The pull worker could not be started, or has died; it is not the registry that is at fault. */
public final class WorkerLostException extends OciException {

  private static final long serialVersionUID = 1;

  WorkerLostException(String message, Throwable cause) {
    super(Kind.UNAVAILABLE, message, cause);
  }

  WorkerLostException(String message) {
    super(Kind.UNAVAILABLE, message);
  }
}
