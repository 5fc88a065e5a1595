package io.jcri.daemon.admin;

import java.io.IOException;

/** What the daemon says of its failure. */
public final class AdminException extends IOException {
  private static final long serialVersionUID = 1;

  private final String kind;

  AdminException(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** By the names of {@link io.jcri.oci.OciException.Kind}. */
  public String kind() {
    return kind;
  }
}
