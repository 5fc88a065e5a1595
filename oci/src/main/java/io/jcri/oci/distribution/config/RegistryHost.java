package io.jcri.oci.distribution.config;

import io.jcri.oci.manifest.ImageReference;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One place to ask: a mirror or the registry itself.
 *
 * @param scheme {@code http} or {@code https}
 * @param host with port when it is not the scheme's own
 * @param path in front of the repository, {@code /v2} unless overridden; no slash at the end
 * @param repository where this host has what the reference names; empty for the same place
 * @param headers sent with every request to this host and to no other
 */
public record RegistryHost(
    String scheme,
    String host,
    String path,
    String repository,
    Set<Capability> capabilities,
    TransportSettings transport,
    Map<String, List<String>> headers) {

  /** One that has every repository where the reference says. */
  public RegistryHost(
      String scheme,
      String host,
      String path,
      Set<Capability> capabilities,
      TransportSettings transport,
      Map<String, List<String>> headers) {
    this(scheme, host, path, "", capabilities, transport, headers);
  }

  /** What a host may be used for. */
  public enum Capability {
    /** Content by digest. */
    PULL,
    /** The digest of a tag; only a trusted host may say it. */
    RESOLVE
  }

  static final String DOCKER_ENDPOINT = "registry-1.docker.io";

  /** The same, asked for another repository. */
  RegistryHost with(String otherRepository) {
    return new RegistryHost(scheme, host, path, otherRepository, capabilities, transport, headers);
  }

  /** The same without checks of certificates, and then without TLS. */
  Stream<RegistryHost> insecure() {
    RegistryHost plain =
        new RegistryHost("http", host, path, repository, capabilities, transport, headers);
    RegistryHost unchecked =
        new RegistryHost(
            scheme, host, path, repository, capabilities, transport.unchecked(), headers);
    return scheme.equals("http") ? Stream.of(plain) : Stream.of(unchecked, plain);
  }

  /** Where this host has what the reference names. */
  public String repositoryOf(ImageReference reference) {
    return repository.isEmpty() ? reference.repository() : repository;
  }

  public boolean can(Capability capability) {
    return capabilities.contains(capability);
  }

  /**
   * Where an object of a repository is.
   *
   * @param reference whose registry a mirror of it is told by the query {@code ns}, as caching
   *     mirrors want it; not one that has a place of its own for it
   */
  public URI uri(ImageReference reference, String object) {
    String registry = reference.registry();
    String query =
        isRegistry(registry) || !repository.isEmpty()
            ? ""
            : "?ns=" + URLEncoder.encode(registry, StandardCharsets.UTF_8);
    return URI.create(
        scheme + "://" + host + path + "/" + repositoryOf(reference) + "/" + object + query);
  }

  /** Whether this is the host that the registry's name means, and no mirror of it. */
  public boolean isRegistry(String registry) {
    return canonical(host, scheme).equals(canonical(registry, scheme));
  }

  public String origin() {
    return origin(URI.create(scheme + "://" + host));
  }

  /** Scheme, host and port: what headers and credentials are bound to. */
  public static String origin(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme + "://" + canonical(uri.getRawAuthority(), scheme);
  }

  /** Lower case, with port, all names of Docker Hub made one. */
  static String canonical(String authority, String scheme) {
    String name = authority.toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    String defaultPort = scheme.equals("http") ? "80" : "443";
    if (colon <= name.lastIndexOf(']')) {
      name = name + ":" + defaultPort;
    }
    return switch (name) {
      case "docker.io:443", "index.docker.io:443" -> DOCKER_ENDPOINT + ":443";
      default -> name;
    };
  }
}
