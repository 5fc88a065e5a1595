package io.jcri.oci.distribution;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What proves to the hosts of one pull who we are: nothing, a password, or a token got from the
 * server that a host names (the distribution specification's token authentication). A user's
 * credentials are shown to the registry they are for, never to its mirrors. Thread-safe.
 */
final class Authorizer {
  private static final int MAX_TOKEN_ANSWER = 1 << 20;

  private final Exchange exchange;
  private final String registry;
  private final String repository;
  private final Credentials credentials;

  /** By the host's origin: the value of its Authorization header. */
  private final Map<String, String> known = new ConcurrentHashMap<>();

  Authorizer(Exchange exchange, String registry, String repository, Credentials credentials) {
    this.exchange = exchange;
    this.registry = registry;
    this.repository = repository;
    this.credentials = credentials;
  }

  private record Token(
      Optional<String> token, @Json.Name("access_token") Optional<String> accessToken) {}

  /** The header to send, as far as it is known by now. */
  Optional<String> header(RegistryHost host) {
    String given = known.get(host.origin());
    if (given != null) {
      return Optional.of(given);
    }
    return mayShow(host) && !credentials.registryToken().isEmpty()
        ? Optional.of("Bearer " + credentials.registryToken())
        : Optional.empty();
  }

  /**
   * Does what a host asked for when it answered 401.
   *
   * @param sent the header that it did not accept
   * @return whether there is something new to show it
   */
  boolean answer(RegistryHost host, List<String> challengeHeaders, Optional<String> sent)
      throws HostFailure, InterruptedException {
    for (Challenge challenge : Challenge.parse(challengeHeaders)) {
      Optional<String> header =
          switch (challenge.scheme()) {
            case "bearer" -> bearer(host, challenge);
            case "basic" -> mayShow(host) ? basic() : Optional.empty();
            default -> Optional.empty();
          };
      if (header.isPresent() && !header.equals(sent)) {
        known.put(host.origin(), header.get());
        return true;
      }
    }
    return false;
  }

  private Optional<String> basic() {
    return credentials.basic().map(pair -> "Basic " + pair);
  }

  /** The server that the credentials name, or the registry of the reference. */
  private boolean mayShow(RegistryHost host) {
    String server = credentials.serverAddress();
    if (server.isEmpty()) {
      return host.isRegistry(registry);
    }
    String authority = server.replaceFirst("^[a-zA-Z]+://", "").replaceFirst("/.*$", "");
    return host.isRegistry(authority);
  }

  private Optional<String> bearer(RegistryHost host, Challenge challenge)
      throws HostFailure, InterruptedException {
    URI realm = realm(host, challenge);
    String scope = challenge.parameter("scope").orElse("repository:" + repository + ":pull");
    String service = challenge.parameter("service").orElse("");
    boolean show = mayShow(host);
    Exchange.Ask ask =
        show && !credentials.identityToken().isEmpty()
            ? refresh(realm, service, scope)
            : plain(realm, service, scope, show ? basic() : Optional.empty());
    HttpResponse<BodyPipe> answer = exchange.send(host, ask);
    if (answer.statusCode() != 200) {
      HostFailure failure = Exchange.failure(host, answer);
      throw new HostFailure(
          host,
          failure.kind(),
          failure.outlook(),
          "its token server " + realm.getRawAuthority() + " answered " + failure.getMessage(),
          failure.retryAfter().orElse(null),
          failure);
    }
    return Optional.of("Bearer " + token(host, answer));
  }

  private static URI realm(RegistryHost host, Challenge challenge) throws HostFailure {
    try {
      URI realm = URI.create(challenge.parameter("realm").orElse(""));
      boolean secret = "https".equals(realm.getScheme());
      boolean openAnyway = "http".equals(realm.getScheme()) && host.scheme().equals("http");
      if ((secret || openAnyway) && realm.getRawAuthority() != null) {
        return realm;
      }
    } catch (IllegalArgumentException e) {
      throw badRealm(host, challenge);
    }
    throw badRealm(host, challenge);
  }

  private static HostFailure badRealm(RegistryHost host, Challenge challenge) {
    return HostFailure.of(
        host,
        OciException.Kind.UNAUTHENTICATED,
        "names \"" + challenge.parameter("realm").orElse("") + "\" as its token server");
  }

  private static Exchange.Ask plain(
      URI realm, String service, String scope, Optional<String> authorization) {
    String query = "scope=" + encode(scope);
    if (!service.isEmpty()) {
      query = "service=" + encode(service) + "&" + query;
    }
    String separator = realm.getRawQuery() == null ? "?" : "&";
    return Exchange.Ask.get(
        URI.create(realm + separator + query), Map.of("Accept", "application/json"), authorization);
  }

  /** OAuth2 as the registries speak it: the token must not be in an address, which gets logged. */
  private Exchange.Ask refresh(URI realm, String service, String scope) {
    String form =
        "grant_type=refresh_token&client_id=jcri&service="
            + encode(service)
            + "&scope="
            + encode(scope)
            + "&refresh_token="
            + encode(credentials.identityToken());
    return new Exchange.Ask(
        "POST",
        realm,
        Map.of("Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded"),
        Optional.empty(),
        Optional.of(BodyPublishers.ofString(form)));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String token(RegistryHost host, HttpResponse<BodyPipe> answer) throws HostFailure {
    try (BodyPipe body = answer.body()) {
      byte[] json = body.readNBytes(MAX_TOKEN_ANSWER);
      Token token = Json.parse(json, Token.class);
      return token
          .token()
          .filter(text -> !text.isEmpty())
          .or(token::accessToken)
          .filter(text -> !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f))
          .orElseThrow(() -> noToken(host, null));
    } catch (IOException | OciException e) {
      throw noToken(host, e);
    }
  }

  private static HostFailure noToken(
      RegistryHost host, @org.jspecify.annotations.Nullable Exception cause) {
    return new HostFailure(
        host,
        OciException.Kind.UNAUTHENTICATED,
        HostFailure.Outlook.FINAL,
        "its token server gave no token",
        null,
        cause);
  }
}
