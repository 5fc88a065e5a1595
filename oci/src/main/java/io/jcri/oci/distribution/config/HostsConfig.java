package io.jcri.oci.distribution.config;

import io.jcri.oci.distribution.config.RegistryHost.Capability;
import io.jcri.oci.distribution.config.TransportSettings.ClientPair;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which hosts serve a registry, by containerd's layout of {@code certs.d}:
 *
 * <pre>
 * ROOT/HOST_PORT_/hosts.toml     for registry HOST:PORT, tried first
 * ROOT/HOST:PORT/hosts.toml      the same
 * ROOT/HOST/hosts.toml           for registry HOST
 * ROOT/_default/hosts.toml       for all others
 * ROOT/HOST/{*.crt,*.cert,*.key} Docker's form, when there is no hosts.toml: CAs and client pairs
 * </pre>
 *
 * Read anew for every pull, so a change needs no restart. Without any file: https at the registry's
 * name, plain http on loopback. Thread-safe.
 */
public final class HostsConfig {

  /** The most of a hosts.toml. */
  private static final int MAX_BYTES = 256 << 10;

  private final List<Path> roots;

  /**
   * @param roots directories in order of preference; absent ones are fine
   */
  public HostsConfig(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /** The hosts to ask, in order; the registry itself is last. */
  public List<RegistryHost> hostsFor(String registry) {
    Optional<Path> directory = directoryFor(registry);
    if (directory.isEmpty()) {
      return List.of(fallback(registry, TransportSettings.DEFAULT));
    }
    Path file = directory.get().resolve("hosts.toml");
    try {
      return Files.exists(file)
          ? HostsToml.parse(OperatorFile.text(file, MAX_BYTES), file, registry)
          : List.of(fallback(registry, dockerStyle(directory.get())));
    } catch (IOException e) {
      throw OperatorFile.unreadable(file, e);
    }
  }

  /** The registry by its own name. */
  public static RegistryHost fallback(String registry, TransportSettings transport) {
    String host = registry.equals(ImageReference.DOCKER) ? RegistryHost.DOCKER_ENDPOINT : registry;
    return new RegistryHost(
        defaultScheme(host), host, "/v2", EnumSet.allOf(Capability.class), transport, Map.of());
  }

  /** Plain http for loopback: there is no one on the way. */
  static String defaultScheme(String host) {
    return isLoopback(host) && !host.endsWith(":443") ? "http" : "https";
  }

  /** By name only: what DNS says must not switch off TLS. */
  public static boolean isLoopback(String authority) {
    int colon = authority.lastIndexOf(':');
    String name = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    if (name.equals("localhost")) {
      return true;
    }
    boolean literal = name.startsWith("[") || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    try {
      return literal && InetAddress.ofLiteral(name.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Optional<Path> directoryFor(String registry) {
    int colon = registry.lastIndexOf(':');
    boolean port = colon > registry.lastIndexOf(']');
    String underscored =
        port ? registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_" : registry;
    return roots.stream()
        .flatMap(root -> Stream.of(underscored, registry, "_default").map(root::resolve))
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static TransportSettings dockerStyle(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.sorted().toList();
    }
    List<Path> ca = files.stream().filter(f -> f.toString().endsWith(".crt")).toList();
    List<ClientPair> clients =
        files.stream()
            .filter(f -> f.toString().endsWith(".cert"))
            .map(f -> new ClientPair(f, Optional.of(withKeyEnding(f))))
            .toList();
    return new TransportSettings(ca, clients, false, TransportSettings.DEFAULT_DIAL_TIMEOUT);
  }

  private static Path withKeyEnding(Path certificate) {
    String name = String.valueOf(certificate.getFileName());
    return certificate.resolveSibling(name.substring(0, name.length() - "cert".length()) + "key");
  }
}
