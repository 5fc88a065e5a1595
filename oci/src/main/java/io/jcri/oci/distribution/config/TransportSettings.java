package io.jcri.oci.distribution.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How to connect to a host.
 *
 * @param ca files of certificates trusted beside the system's
 * @param clients certificates to show when the server asks
 * @param skipVerify take any certificate
 */
public record TransportSettings(
    List<Path> ca, List<ClientPair> clients, boolean skipVerify, Duration dialTimeout) {

  /**
   * A file with the certificate chain and one with the key; without the latter, the first holds
   * both.
   */
  public record ClientPair(Path certificate, Optional<Path> key) {}

  /** Long enough for any live host, short enough that a dead mirror does not hold up a pull. */
  static final Duration DEFAULT_DIAL_TIMEOUT = Duration.ofSeconds(3);

  public static final TransportSettings DEFAULT =
      new TransportSettings(List.of(), List.of(), false, DEFAULT_DIAL_TIMEOUT);

  /** For a host that a redirect or a token challenge leads to: our identity is not for it. */
  public TransportSettings withoutClients() {
    return clients.isEmpty() ? this : new TransportSettings(ca, List.of(), skipVerify, dialTimeout);
  }

  /** The same for a host whose certificate need not be good. */
  TransportSettings unchecked() {
    return new TransportSettings(ca, clients, true, dialTimeout);
  }

  /** Every file that this depends on. */
  public List<Path> files() {
    return Stream.concat(
            ca.stream(),
            clients.stream()
                .flatMap(pair -> Stream.concat(Stream.of(pair.certificate), pair.key.stream())))
        .toList();
  }
}
