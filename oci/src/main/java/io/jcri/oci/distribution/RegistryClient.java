package io.jcri.oci.distribution;

import java.time.Duration;

/**
 * Registries on the network, by the configuration of hosts. Remembers hosts in trouble over pulls.
 * Thread-safe.
 */
public final class RegistryClient implements Registries, AutoCloseable {
  /** As long as a host may send nothing before the next one is asked. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

  private final HostsConfig hosts;
  private final Timing timing;
  private final HostHealth health;
  private final Transports transports = new Transports();
  private final Exchange exchange;

  /**
   * A client that has no connection yet.
   *
   * @param patience how long a host may send nothing
   */
  public RegistryClient(HostsConfig hosts, Duration patience) {
    this(hosts, patience, Timing.SYSTEM);
  }

  RegistryClient(HostsConfig hosts, Duration patience, Timing timing) {
    this.hosts = hosts;
    this.timing = timing;
    this.health = new HostHealth(timing);
    this.exchange = new Exchange(transports, patience);
  }

  @Override
  public Repository open(ImageReference reference, Credentials credentials) {
    String registry = reference.registry();
    String caller = credentials.isAnonymous() ? "" : Integer.toHexString(credentials.hashCode());
    return new RemoteRepository(
        reference,
        new HostSequence(registry, hosts.hostsFor(registry), health, timing, caller),
        exchange,
        new Authorizer(exchange, registry, reference.repository(), credentials));
  }

  @Override
  public void close() {
    transports.close();
  }
}
