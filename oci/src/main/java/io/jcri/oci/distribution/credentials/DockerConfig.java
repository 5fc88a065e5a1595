package io.jcri.oci.distribution.credentials;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.manifest.ImageReference;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of a file in the form of Docker's {@code config.json}, which Podman's {@code
 * auth.json} and the kubelet's file have too:
 *
 * <pre>
 * {"auths": {"https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0"},
 *            "r.example:5000/team":         {"username": "me", "password": "secret"},
 *            "*.r.example":                 {"identitytoken": "..."}},
 *  "credHelpers": {"ecr.example": "ecr-login"},
 *  "credsStore": "pass"}
 * </pre>
 *
 * A key is a host, of Docker Hub by any of its names, with or without a scheme; a path behind it
 * (other than {@code /v1} and {@code /v2}) narrows it to the repositories below. A star stands for
 * part of one label of the host, as the kubelet has it.
 */
record DockerConfig(
    Map<String, @Nullable Entry> auths,
    Map<String, @Nullable String> credHelpers,
    Optional<String> credsStore) {

  /** The most of one file. */
  static final int MAX_BYTES = 1 << 20;

  private static final Json.Bounds BOUNDS = new Json.Bounds(MAX_BYTES, 64 << 10);

  /** What Docker's tools call Docker Hub. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  record Entry(
      Optional<String> auth,
      Optional<String> username,
      Optional<String> password,
      Optional<String> identitytoken,
      Optional<String> registrytoken) {

    Credentials credentials() {
      return new Credentials(
          username.orElse(""),
          password.orElse(""),
          auth.orElse(""),
          identitytoken.orElse(""),
          registrytoken.orElse(""),
          "");
    }

    @Override
    public String toString() {
      return "Entry[hidden]";
    }
  }

  /** Where credentials may be. */
  sealed interface Place {

    /** In the file itself. */
    record Here(String key, Credentials credentials) implements Place {}

    /** With a program that is asked for a server. */
    record Helper(String name, String server) implements Place {}
  }

  /** How well a key fits a repository, and in what order those that fit alike are looked at. */
  private record Found(int path, boolean star, int rank, Place place) {}

  /**
   * Reads a file.
   *
   * @throws OciException INVALID; the message quotes nothing, since it could be a secret
   */
  static DockerConfig parse(byte[] content) {
    try {
      return Json.parse(content, DockerConfig.class, BOUNDS);
    } catch (OciException e) {
      throw new OciException(
          OciException.Kind.INVALID,
          "it is no JSON with auths, credHelpers and credsStore as Docker has them");
    }
  }

  /**
   * Where to look for a repository's credentials, the most specific place first: the longest path,
   * then the host as it is, then the host's own helper before the one for all and the file itself.
   */
  List<Place> placesFor(RegistryHost host, String repository) {
    Stream<Found> helpers =
        credHelpers.entrySet().stream()
            .flatMap(helper ->
                found(
                    helper.getKey(),
                    host,
                    repository,
                    0,
                    name(helper.getValue()).stream()
                        .map(name -> new Place.Helper(name, server(helper.getKey())))));
    Stream<Found> store =
        credsStore.flatMap(DockerConfig::name).stream()
            .map(name -> new Found(0, false, 1, new Place.Helper(name, serverOf(host))));
    Stream<Found> here =
        auths.entrySet().stream()
            .flatMap(entry ->
                found(
                    entry.getKey(),
                    host,
                    repository,
                    2,
                    Stream.ofNullable(entry.getValue())
                        .map(Entry::credentials)
                        .filter(credentials -> !credentials.isAnonymous())
                        .map(credentials -> new Place.Here(entry.getKey(), credentials))));
    return Stream.of(helpers, store, here)
        .flatMap(found -> found)
        .sorted(
            Comparator.comparingInt((Found found) -> -found.path)
                .thenComparing(Found::star)
                .thenComparingInt(Found::rank))
        .map(Found::place)
        .toList();
  }

  private static Optional<String> name(@Nullable String text) {
    return Optional.ofNullable(text).map(String::strip).filter(name -> !name.isEmpty());
  }

  private static Stream<Found> found(
      String key, RegistryHost host, String repository, int rank, Stream<? extends Place> place) {
    String authority = authority(key).toLowerCase(Locale.ROOT);
    String path = path(key);
    boolean star = authority.indexOf('*') >= 0;
    boolean same =
        star
            ? CredentialScope.matchesGlob(authority, host.host().toLowerCase(Locale.ROOT))
            : !authority.isEmpty() && host.isRegistry(authority);
    boolean below = path.isEmpty() || repository.equals(path) || repository.startsWith(path + "/");
    return same && below
        ? place.map(one -> new Found(path.length(), star, rank, one))
        : Stream.of();
  }

  private static String authority(String key) {
    String rest = withoutScheme(key);
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  /** Without slashes at its ends. */
  private static String path(String key) {
    String rest = withoutScheme(key);
    int slash = rest.indexOf('/');
    String path = slash < 0 ? "" : rest.substring(slash);
    return path.replaceFirst("^/v[12](?=/|$)", "").replaceAll("^/+|/+$", "");
  }

  private static String withoutScheme(String key) {
    int scheme = key.indexOf("://");
    return (scheme < 0 ? key : key.substring(scheme + 3)).strip();
  }

  /** Helpers know no paths, and a URL as it was written. */
  private static String server(String key) {
    return key.contains("://") ? key : authority(key);
  }

  private static String serverOf(RegistryHost host) {
    return host.isRegistry(ImageReference.DOCKER) ? HUB_KEY : host.host();
  }
}
