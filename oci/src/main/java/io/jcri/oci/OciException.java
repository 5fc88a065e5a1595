package io.jcri.oci;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of this module. The kind is what a caller may decide by; the message names the
 * reference, host, path or field that is at fault and is fit for an operator's eyes: it never holds
 * a credential.
 */
public final class OciException extends RuntimeException {

  /** What went wrong, in terms that map one to one to gRPC status codes. */
  public enum Kind {
    /** The image, blob or record does not exist. */
    NOT_FOUND,
    /** The input is malformed or not supported. */
    INVALID,
    /** The registry wants credentials, or other ones. */
    UNAUTHENTICATED,
    /** The registry knows the caller and refuses. */
    PERMISSION_DENIED,
    /** No host could be reached or all were overloaded; a later try may succeed. */
    UNAVAILABLE,
    /** The disk is full. */
    RESOURCE_EXHAUSTED,
    /** The bytes are not those that were promised. */
    DATA_LOSS,
    /** The state of the object does not allow the operation. */
    FAILED_PRECONDITION,
    /** The caller's time is over. */
    DEADLINE_EXCEEDED,
    /** The caller went away. */
    CANCELLED,
    /** A fault of this node or of jcri. */
    INTERNAL
  }

  private final Kind kind;

  public OciException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public OciException(Kind kind, String message) {
    this(kind, message, null);
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Wraps a failure of local file I/O. A full disk or quota becomes {@link
   * Kind#RESOURCE_EXHAUSTED}, a missing file {@link Kind#NOT_FOUND}, an interrupt {@link
   * Kind#CANCELLED}.
   *
   * @param action what failed, such as {@code cannot write /var/lib/jcri/x}
   */
  public static OciException ofIo(String action, IOException cause) {
    if (cause instanceof NoSuchFileException missing) {
      return new OciException(
          Kind.NOT_FOUND, action + ": no such file " + missing.getFile(), cause);
    }
    String reason = reason(cause);
    Kind kind =
        cause instanceof InterruptedIOException
                || cause instanceof java.nio.channels.ClosedByInterruptException
            ? Kind.CANCELLED
            : reason.contains("No space left") || reason.contains("quota exceeded")
                ? Kind.RESOURCE_EXHAUSTED
                : Kind.INTERNAL;
    return new OciException(kind, action + ": " + reason, cause);
  }

  private static String reason(IOException cause) {
    String reason =
        cause instanceof FileSystemException file ? file.getReason() : cause.getMessage();
    return reason == null ? cause.getClass().getSimpleName() : reason;
  }
}
