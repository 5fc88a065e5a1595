package io.jcri.oci;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of this module. The kind is what a caller may decide by; the message names the
 * reference, host, path or field that is at fault and is fit for an operator's eyes: it never holds
 * a credential.
 */
public class OciException extends RuntimeException {

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
    /** This node's signature policy does not want the image, or cannot be carried out. */
    SIGNATURE_VALIDATION_FAILED,
    /** The caller's time is over. */
    DEADLINE_EXCEEDED,
    /** The caller went away. */
    CANCELLED,
    /** A fault of this node or of jcri. */
    INTERNAL
  }

  private static final int MAX_MESSAGE = 4_000;

  private final Kind kind;

  public OciException(Kind kind, String message, @Nullable Throwable cause) {
    super(brief(message), cause);
    this.kind = kind;
  }

  public OciException(Kind kind, String message) {
    this(kind, message, null);
  }

  public Kind kind() {
    return kind;
  }

  /** What a registry or an archive calls things may be of any length. */
  private static String brief(String message) {
    return message.length() > MAX_MESSAGE
        ? message.substring(0, MAX_MESSAGE) + "... (%d characters)".formatted(message.length())
        : message;
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
      String file = String.valueOf(missing.getFile());
      String message = action + ": no such file";
      return new OciException(
          Kind.NOT_FOUND, action.contains(file) ? message : message + " " + file, cause);
    }
    String reason = Reasons.ofNamed(cause);
    Kind kind =
        cause instanceof InterruptedIOException || cause instanceof ClosedByInterruptException
            ? Kind.CANCELLED
            : reason.contains("No space left") || reason.contains("quota exceeded")
                ? Kind.RESOURCE_EXHAUSTED
                : Kind.INTERNAL;
    return new OciException(kind, action + ": " + reason, cause);
  }
}
