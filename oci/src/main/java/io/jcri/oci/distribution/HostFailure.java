package io.jcri.oci.distribution;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryHost;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One host did not give what was asked; the next one may. Becomes part of an {@link OciException}
 * when none does.
 */
final class HostFailure extends Exception {

  /** What the failure says about the host's next answers. */
  enum Outlook {
    /** The host works; asking it the same again is useless. */
    FINAL,
    /** It may work in a moment. */
    TRANSIENT,
    /** It cannot be reached: ask others first for a while. */
    UNREACHABLE
  }

  private final transient RegistryHost host;
  private final OciException.Kind kind;
  private final Outlook outlook;
  private final @Nullable Duration retryAfter;

  HostFailure(
      RegistryHost host,
      OciException.Kind kind,
      Outlook outlook,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.host = host;
    this.kind = kind;
    this.outlook = outlook;
    this.retryAfter = retryAfter;
  }

  static HostFailure of(RegistryHost host, OciException.Kind kind, String message) {
    return new HostFailure(host, kind, Outlook.FINAL, message, null, null);
  }

  /** The same, blamed on the host that led there. */
  HostFailure through(RegistryHost other) {
    return new HostFailure(
        other,
        kind,
        outlook,
        "redirected to " + host.host() + ": " + getMessage(),
        retryAfter,
        this);
  }

  RegistryHost host() {
    return host;
  }

  OciException.Kind kind() {
    return kind;
  }

  Outlook outlook() {
    return outlook;
  }

  /** How long the host asked to be left alone. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Host and reason, for the list in an error message. */
  String line() {
    return host.host() + ": " + getMessage();
  }
}
