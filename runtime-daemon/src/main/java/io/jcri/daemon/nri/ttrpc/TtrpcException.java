package io.jcri.daemon.nri.ttrpc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call that did not succeed. */
public final class TtrpcException extends IOException {
  private static final long serialVersionUID = 1L;

  /** gRPC's code for a method that the other side does not have. */
  public static final int UNIMPLEMENTED = 12;

  /** gRPC's code for an argument that can't be. */
  public static final int INVALID_ARGUMENT = 3;

  /** gRPC's code for too much at once. */
  public static final int RESOURCE_EXHAUSTED = 8;

  /** gRPC's code for "something went wrong". */
  public static final int UNKNOWN = 2;

  private static final int UNAVAILABLE = 14;

  private final int code;

  private TtrpcException(int code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What one side answers instead of a result. */
  public static TtrpcException answered(int code, String message) {
    return new TtrpcException(code, message, null);
  }

  /** The connection is of no use any more: closed, out of step, or too slow to answer. */
  static TtrpcException lost(String message, @Nullable Throwable cause) {
    return new TtrpcException(-UNAVAILABLE, message, cause);
  }

  /** Whether there was no answer, and none can come from this connection again. */
  public boolean isLost() {
    return code < 0;
  }

  /** The gRPC code that was answered. */
  public int code() {
    return code < 0 ? UNAVAILABLE : code;
  }
}
