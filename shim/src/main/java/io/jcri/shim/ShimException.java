package io.jcri.shim;

import java.io.IOException;

/** A shim, or the OCI runtime behind it, did not do what it was asked to. */
public final class ShimException extends IOException {
  private static final long serialVersionUID = 1;

  /** What kind of failure it is, for callers that must act on it. */
  public enum Kind {
    /**
     * The OCI runtime or the shim refused; the message is the runtime's own text where it gave one.
     */
    REFUSED,
    /** No shim answers on the socket any more: its exit record, if there is one, tells the rest. */
    LOST,
    /** The shim lives but did not answer in time; it may be stopped or its disk may hang. */
    TIMEOUT,
    /** The calling thread was interrupted; what it had asked for may still happen. */
    INTERRUPTED,
    /** What came over the socket is not this protocol. */
    PROTOCOL
  }

  private final Kind kind;

  public ShimException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  ShimException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What kind of failure it is. */
  public Kind kind() {
    return kind;
  }
}
