package io.jcri.oci.distribution;

import io.jcri.oci.OciException.Kind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * Calls one host: its headers, the authorization, and redirects. On the way to another origin
 * everything that identifies us stays behind.
 */
final class Exchange {

  private static final int MAX_REDIRECTS = 10;

  private final HttpSender sender;
  private final Authorizer authorizer;
  private final ImageReference reference;
  private final String userAgent;

  Exchange(HttpSender sender, Authorizer authorizer, ImageReference reference, String userAgent) {
    this.sender = sender;
    this.authorizer = authorizer;
    this.reference = reference;
    this.userAgent = userAgent;
  }

  /**
   * The final response, whatever its status but not a redirect.
   *
   * @throws HostFailure when there is none, or access stays refused
   */
  Reply send(RegistryHost host, Call call) throws HostFailure, InterruptedException {
    URI uri = host.uri(reference.registry(), reference.repository(), call.object());
    Optional<String> authorization = authorizer.current(host);
    Reply reply = follow(host, call, uri, authorization);
    if (reply.status() != 401 || !isOrigin(host, reply.uri())) {
      return reply;
    }
    Optional<String> fresh;
    try (reply) {
      fresh =
          authorizer.answer(
              host, Challenge.parse(reply.headers("www-authenticate")), authorization);
      if (fresh.isEmpty()) {
        String note =
            authorizer.withholds(host) ? "the credentials given are not for this host: " : "";
        throw ErrorReply.toFailure(host, reply, note);
      }
    }
    return follow(host, call, uri, fresh);
  }

  private Reply follow(RegistryHost host, Call call, URI start, Optional<String> authorization)
      throws HostFailure, InterruptedException {
    URI uri = start;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      boolean own = isOrigin(host, uri);
      TransportSettings settings = own ? host.transport() : host.transport().withoutClients();
      Reply reply =
          sender.send(
              host, settings, request(host, call, uri, own ? authorization : Optional.empty()));
      Optional<String> location =
          isRedirect(reply.status()) ? reply.header("location") : Optional.empty();
      if (location.isEmpty()) {
        return reply;
      }
      reply.close();
      uri = target(host, uri, location.get());
    }
    throw HostFailure.of(host, Kind.UNAVAILABLE, "more than " + MAX_REDIRECTS + " redirects");
  }

  private HttpRequest request(RegistryHost host, Call call, URI uri, Optional<String> authorization)
      throws HostFailure {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", userAgent);
      // Not method(name, noBody()): that sends Content-Length: 0, at which some proxies balk.
      HttpRequest.Builder _ = call.method().equals("HEAD") ? request.HEAD() : request.GET();
      call.headers().forEach(request::header);
      if (isOrigin(host, uri)) {
        host.headers()
            .forEach((name, values) -> {
              if (!name.equalsIgnoreCase("authorization")) {
                values.forEach(value -> request.header(name, value));
              }
            });
      }
      authorization.ifPresent(value -> request.setHeader("Authorization", value));
      return request.build();
    } catch (IllegalArgumentException e) {
      // A header of hosts.toml that HTTP reserves, or a character it forbids; the value may be
      // secret.
      throw HostFailure.of(host, Kind.FAILED_PRECONDITION, "a header or URL cannot be sent");
    }
  }

  /** A redirect may not lead from TLS to plain text. */
  private static URI target(RegistryHost host, URI from, String location) throws HostFailure {
    try {
      URI to = from.resolve(URI.create(location));
      boolean web =
          "https".equalsIgnoreCase(to.getScheme()) || "http".equalsIgnoreCase(to.getScheme());
      if (web && to.getHost() != null && to.getRawUserInfo() == null) {
        if ("http".equalsIgnoreCase(to.getScheme()) && "https".equalsIgnoreCase(from.getScheme())) {
          throw HostFailure.of(
              host, Kind.UNAVAILABLE, "it redirects from https to plain http at " + to.getHost());
        }
        return to;
      }
    } catch (IllegalArgumentException e) {
      // Told below; the text may hold a signature that lets anyone in.
    }
    throw HostFailure.of(host, Kind.UNAVAILABLE, "it redirects to a URL that cannot be used");
  }

  private static boolean isOrigin(RegistryHost host, URI uri) {
    return RegistryHost.origin(uri).equals(host.origin());
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }
}
