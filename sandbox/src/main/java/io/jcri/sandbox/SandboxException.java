package io.jcri.sandbox;

import java.io.IOException;

/** A sandbox that could not be made or taken down; the message names the pod and the reason. */
public final class SandboxException extends IOException {
  private static final long serialVersionUID = 1;

  /** Who can do something about it. */
  public enum Kind {
    /** The asker: a sysctl, id mapping or other argument that cannot be. */
    INVALID,
    /** The node's operator: a limit, a missing file, the kernel. */
    FAILED
  }

  private final Kind kind;

  SandboxException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  SandboxException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Who can do something about it. */
  public Kind kind() {
    return kind;
  }
}
