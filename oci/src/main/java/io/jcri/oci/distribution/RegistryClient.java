package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * The registries of this node, by {@link HostsConfig}. Costs nothing until the first pull.
 * Thread-safe; close it to end all pulls.
 */
public final class RegistryClient implements Registries, AutoCloseable {

  /** How long a connected host may send nothing before another connection or host is tried. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

  private static final String USER_AGENT = "jcri";

  private final HostsConfig config;
  private final Duration patience;
  private final Timing timing;
  private final HostHealth health;
  private final Transports transports;

  /**
   * A client that has no connection yet.
   *
   * @param patience how long a connected host may send nothing, usually {@link #DEFAULT_PATIENCE}
   */
  public RegistryClient(HostsConfig config, Duration patience) {
    this(config, patience, Timing.SYSTEM, System.getenv());
  }

  RegistryClient(
      HostsConfig config, Duration patience, Timing timing, Map<String, String> environment) {
    this.transports = new Transports(new EnvironmentProxy(environment));
    this.config = config;
    this.patience = patience;
    this.timing = timing;
    this.health = new HostHealth(timing);
  }

  /**
   * Reads the host configuration of the reference's registry.
   *
   * @throws io.jcri.oci.OciException FAILED_PRECONDITION when that is broken, with file and line
   */
  @Override
  public Repository open(ImageReference reference, Credentials credentials) {
    HttpSender sender = new HttpSender(transports, patience);
    TokenServer tokens = new TokenServer(sender, USER_AGENT);
    Authorizer authorizer = new Authorizer(tokens, timing, reference, credentials);
    HostSequence hosts =
        new HostSequence(
            reference.registry(),
            config.hostsFor(reference.registry()),
            health,
            timing,
            caller(credentials));
    return new RemoteRepository(
        reference, hosts, new Exchange(sender, authorizer, reference, USER_AGENT));
  }

  @Override
  public void close() {
    transports.close();
  }

  /** Tells callers apart without keeping their secrets. */
  private static String caller(Credentials credentials) {
    if (credentials.isAnonymous()) {
      return "";
    }
    String all =
        String.join(
            "\0",
            credentials.username(),
            credentials.password(),
            credentials.auth(),
            credentials.identityToken(),
            credentials.registryToken());
    return Digest.of(all.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
