package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.distribution.credentials.NodeCredentials;
import io.jcri.oci.distribution.transport.EnvironmentProxy;
import io.jcri.oci.distribution.transport.Transports;
import io.jcri.oci.manifest.ImageReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The registries of this node, by {@link HostsConfig} and {@link RegistriesConf}. Costs nothing
 * until the first pull. Thread-safe; close it to end all pulls. Its many fields are what all pulls
 * of a node share.
 */
public final class RegistryClient implements Registries, AutoCloseable {

  private static final String USER_AGENT = "jcri";

  private final HostsConfig config;
  private final Optional<RegistriesConf> registries;
  private final Optional<NodeCredentials> node;
  private final Patience patience;
  private final Timing timing;
  private final HostHealth health;
  private final Semaphore pieceRoom;
  private final Transports transports;

  /**
   * A client that has no connection yet.
   *
   * @param registries when this node has such a file
   * @param node credentials for hosts that the caller has none for
   * @param patience usually {@link Patience#DEFAULT}
   */
  public RegistryClient(
      HostsConfig config,
      Optional<RegistriesConf> registries,
      Optional<NodeCredentials> node,
      Patience patience) {
    this(config, registries, node, patience, Timing.SYSTEM, System.getenv());
  }

  RegistryClient(
      HostsConfig config,
      Optional<RegistriesConf> registries,
      Optional<NodeCredentials> node,
      Patience patience,
      Timing timing,
      Map<String, String> environment) {
    this.transports = new Transports(new EnvironmentProxy(environment));
    this.config = config;
    this.registries = registries;
    this.node = node;
    this.patience = patience;
    this.timing = timing;
    this.health = new HostHealth(timing);
    this.pieceRoom = BlobPieces.room();
  }

  /**
   * Reads the host configuration of the reference's registry.
   *
   * @throws io.jcri.oci.OciException FAILED_PRECONDITION when that is broken, with file and line
   */
  @Override
  public Repository open(ImageReference reference, Credentials credentials) {
    HttpSender sender = new HttpSender(transports, patience, timing);
    TokenServer tokens = new TokenServer(sender, USER_AGENT);
    Authorizer authorizer = new Authorizer(tokens, timing, reference, credentials, node);
    HostSequence hosts =
        new HostSequence(
            reference.registry(),
            registries
                .map(conf -> conf.hostsFor(reference, config))
                .orElseGet(() -> config.hostsFor(reference.registry())),
            health,
            timing,
            caller(credentials, node));
    return new RemoteRepository(
        reference, hosts, new Exchange(sender, authorizer, reference, USER_AGENT), pieceRoom);
  }

  @Override
  public void close() {
    transports.close();
  }

  /** Tells callers apart without keeping their secrets. */
  private static String caller(Credentials credentials, Optional<NodeCredentials> node) {
    if (credentials.isAnonymous()) {
      return node.map(NodeCredentials::stamp).orElse("");
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
