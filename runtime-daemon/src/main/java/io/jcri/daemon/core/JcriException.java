package io.jcri.daemon.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller of the daemon is told about. The kind becomes the gRPC status in exactly
 * one place ({@code io.jcri.daemon.cri.call.ErrorMapping}); the message names the object at fault.
 */
public final class JcriException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, in the terms of gRPC's status codes. */
  public enum Kind {
    NOT_FOUND,
    ALREADY_EXISTS,
    INVALID,
    FAILED_PRECONDITION,
    UNAVAILABLE,
    RESOURCE_EXHAUSTED,
    DEADLINE_EXCEEDED,
    UNIMPLEMENTED,
    INTERNAL,
    /** No registry of the image answered; the kubelet says so to the pod's author. */
    REGISTRY_UNAVAILABLE,
    /** The image's signature is not one that this node's policy wants. */
    SIGNATURE_VALIDATION_FAILED,
    /** A recursive read-only mount that can't be made here. */
    RRO_UNSUPPORTED,
    /** An image volume that can't be mounted. */
    IMAGE_VOLUME_MOUNT_FAILED
  }

  private final Kind kind;

  public JcriException(Kind kind, String message) {
    this(kind, message, null);
  }

  public JcriException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static JcriException notFound(String what, String id) {
    return new JcriException(Kind.NOT_FOUND, what + " " + id + " not found");
  }

  public static JcriException invalid(String message) {
    return new JcriException(Kind.INVALID, message);
  }

  public static JcriException precondition(String message) {
    return new JcriException(Kind.FAILED_PRECONDITION, message);
  }
}
