package io.jcri.daemon.config;

import io.jcri.daemon.config.DaemonConfig.Metrics;
import io.jcri.daemon.config.DaemonConfig.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** The table {@code metrics}. */
final class MetricsKeys {
  private static final String UNIX = "unix://";
  private static final int MOST_PORT = 65535;

  private MetricsKeys() {}

  /**
   * Reads it.
   *
   * @param complete whether all keys are there that have to agree
   */
  static Metrics read(Keys keys, boolean complete) {
    String text = keys.text("address", "");
    Optional<SocketAddress> address = text.isEmpty() ? Optional.empty() : address(keys, text);
    String certificate = keys.text("tls_certificate", "");
    String key = keys.text("tls_key", "");
    if (complete && certificate.isEmpty() != key.isEmpty()) {
      keys.problem(
          certificate.isEmpty() ? "tls_key" : "tls_certificate",
          "is set alone: metrics.tls_certificate and metrics.tls_key must be set together");
    } else if (complete
        && !certificate.isEmpty()
        && address.orElse(null) instanceof UnixDomainSocketAddress) {
      keys.problem("tls_certificate", "is set, and a unix socket has no TLS");
    }
    Optional<Tls> tls =
        certificate.isEmpty() || key.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Tls(
                    keys.path("tls_certificate", Path.of("/")),
                    keys.path("tls_key", Path.of("/"))));
    keys.rejectUnknown();
    return new Metrics(address, tls);
  }

  private static Optional<SocketAddress> address(Keys keys, String text) {
    Optional<SocketAddress> address = text.startsWith(UNIX) ? unix(keys, text) : ip(text);
    if (address.isEmpty()) {
      keys.problem(
          "address",
          "is \"%s\" but must be like unix:///run/jcri/metrics.sock, 127.0.0.1:9631 or [::1]:9631"
              .formatted(text));
    }
    return address;
  }

  private static Optional<SocketAddress> unix(Keys keys, String text) {
    Path socket = Path.of(text.substring(UNIX.length()));
    if (!socket.isAbsolute() || socket.getFileName() == null) {
      return Optional.empty();
    }
    SocketNames.tooLong(socket).ifPresent(why -> keys.problem("address", why));
    return Optional.of(UnixDomainSocketAddress.of(socket));
  }

  /** No name service is asked. */
  private static Optional<SocketAddress> ip(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}")) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean brackets = host.startsWith("[") && host.endsWith("]");
    if (brackets != host.contains(":")) {
      return Optional.empty();
    }
    int number = Integer.parseInt(port);
    try {
      InetAddress address =
          InetAddress.ofLiteral(brackets ? host.substring(1, host.length() - 1) : host);
      return number < 1 || number > MOST_PORT
          ? Optional.empty()
          : Optional.of(new InetSocketAddress(address, number));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
