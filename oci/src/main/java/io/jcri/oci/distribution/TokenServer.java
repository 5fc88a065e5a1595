package io.jcri.oci.distribution;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.OneLine;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.ServerUri;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.distribution.credentials.CredentialScope;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gets bearer tokens: GET with basic authentication (distribution's token specification), or POST
 * when there is an identity token (its OAuth2 form). A redirect is followed on the same origin
 * only, since the request carries the credentials.
 */
final class TokenServer {

  /**
   * What to authenticate with; both empty is anonymous.
   *
   * @param basic of an {@code Authorization: Basic} header, without the scheme
   */
  record Secret(Optional<String> basic, Optional<String> identityToken) {
    @Override
    public String toString() {
      return "Secret[hidden]";
    }
  }

  /** A token and for how long it is good. */
  record Token(String value, Duration lifetime) {
    @Override
    public String toString() {
      return "Token[hidden]";
    }
  }

  private record Answer(
      @Nullable String token,
      @Json.Name("access_token") @Nullable String accessToken,
      @Json.Name("expires_in") long expiresIn) {}

  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_ANSWER = 256 << 10;
  private static final Json.Bounds BOUNDS = new Json.Bounds(MAX_ANSWER, 1_000);

  /** What a header takes, and more than any registry's. */
  private static final int MAX_TOKEN = 64 << 10;

  /** What the specification says when the server does not. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(60);

  private final HttpSender sender;
  private final String userAgent;

  TokenServer(HttpSender sender, String userAgent) {
    this.sender = sender;
    this.userAgent = userAgent;
  }

  /**
   * Fetches a token.
   *
   * @param host that challenged
   * @param scope when the challenge has none
   */
  Token fetch(RegistryHost host, Challenge challenge, String scope, Secret secret)
      throws HostFailure, InterruptedException {
    URI realm = realm(host, challenge);
    Map<String, String> fields = new LinkedHashMap<>();
    challenge.parameter("service").ifPresent(service -> fields.put("service", service));
    fields.put("scope", challenge.parameter("scope").orElse(scope));
    boolean posts = secret.identityToken().isPresent();
    HttpRequest request =
        posts ? post(realm, fields, secret) : get(withQuery(realm, fields), secret);
    TransportSettings settings =
        RegistryHost.origin(realm).equals(host.origin())
            ? host.transport()
            : host.transport().withoutClients();
    for (int hops = 0; ; hops++) {
      try (Reply reply = sender.send(host, settings, request)) {
        if (reply.status() == 200) {
          return token(host, realm, reply.bytes(MAX_ANSWER));
        }
        Optional<URI> next = next(host, reply, posts, hops);
        if (next.isEmpty()) {
          throw ErrorReply.toFailure(host, reply, "token server " + ServerUri.host(realm) + ": ");
        }
        request = posts ? post(next.get(), fields, secret) : get(next.get(), secret);
      } catch (IOException e) {
        throw new HostFailure(
            host,
            Kind.UNAVAILABLE,
            Outlook.TRANSIENT,
            "token server " + ServerUri.host(realm) + ": " + e.getMessage(),
            null,
            e);
      }
    }
  }

  /**
   * Where the server wants to be asked instead. Only itself: the request holds the credentials. A
   * form is sent again, except where a redirect asks to drop it.
   */
  private static Optional<URI> next(RegistryHost host, Reply reply, boolean posts, int hops)
      throws HostFailure {
    boolean redirect =
        switch (reply.status()) {
          case 301, 302, 307, 308 -> true;
          case 303 -> !posts;
          default -> false;
        };
    Optional<String> location = redirect ? reply.header("location") : Optional.empty();
    if (location.isEmpty()) {
      return Optional.empty();
    }
    String server = "token server " + ServerUri.host(reply.uri());
    if (hops >= MAX_REDIRECTS) {
      throw HostFailure.of(
          host, Kind.UNAVAILABLE, server + ": more than " + MAX_REDIRECTS + " redirects");
    }
    URI to =
        ServerUri.resolve(reply.uri(), location.get())
            .orElseThrow(() ->
                HostFailure.of(
                    host, Kind.UNAVAILABLE, server + " redirects to a URL that cannot be used"));
    if (!RegistryHost.origin(to).equals(RegistryHost.origin(reply.uri()))) {
      throw HostFailure.of(
          host,
          Kind.UNAVAILABLE,
          server
              + " redirects to another origin, "
              + RegistryHost.origin(to)
              + ", which credentials are not sent to");
    }
    return Optional.of(to);
  }

  private static URI realm(RegistryHost host, Challenge challenge) throws HostFailure {
    String text = challenge.parameter("realm").orElse("");
    URI realm =
        ServerUri.ofHeader(text)
            .orElseThrow(() ->
                HostFailure.of(
                    host,
                    Kind.UNAVAILABLE,
                    "it names no token server but \"" + OneLine.of(text) + "\""));
    if (ServerUri.isUnusableHost(realm)) {
      throw HostFailure.of(
          host,
          Kind.FAILED_PRECONDITION,
          "its token server's name " + ServerUri.host(realm) + " cannot be used by Java's client");
    }
    if (!CredentialScope.isSafeRealm(realm, host)) {
      throw HostFailure.of(
          host,
          Kind.UNAVAILABLE,
          "its token server \"" + OneLine.of(text) + "\" is not reached over TLS");
    }
    return realm;
  }

  private static URI withQuery(URI realm, Map<String, String> fields) {
    String joint = realm.getRawQuery() == null ? "?" : "&";
    return URI.create(realm + joint + form(fields));
  }

  private HttpRequest get(URI uri, Secret secret) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", userAgent).GET();
    secret.basic().ifPresent(basic -> request.header("Authorization", "Basic " + basic));
    return request.build();
  }

  private HttpRequest post(URI realm, Map<String, String> base, Secret secret) {
    Map<String, String> fields = new LinkedHashMap<>(base);
    fields.put("grant_type", "refresh_token");
    fields.put("refresh_token", secret.identityToken().orElseThrow());
    fields.put("client_id", "jcri");
    return HttpRequest.newBuilder(realm)
        .header("User-Agent", userAgent)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form(fields)))
        .build();
  }

  private static Token token(RegistryHost host, URI realm, byte[] content) throws HostFailure {
    Answer answer;
    try {
      answer = Json.parse(content, Answer.class, BOUNDS);
    } catch (OciException e) {
      // The answer itself may hold a token: it is not quoted.
      throw HostFailure.of(
          host, Kind.UNAVAILABLE, "token server " + ServerUri.host(realm) + " sent no JSON");
    }
    String value =
        answer.token == null || answer.token.isEmpty() ? answer.accessToken : answer.token;
    if (value == null
        || value.isEmpty()
        || value.length() > MAX_TOKEN
        || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw HostFailure.of(
          host, Kind.UNAVAILABLE, "token server " + ServerUri.host(realm) + " sent no token");
    }
    Duration told = Duration.ofSeconds(Math.clamp(answer.expiresIn, 0, 86_400));
    return new Token(value, told.compareTo(DEFAULT_LIFETIME) < 0 ? DEFAULT_LIFETIME : told);
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
