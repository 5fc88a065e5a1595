package io.jcri.oci.distribution;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.ServerUri;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.manifest.ImageReference;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calls one host: its headers, the authorization, and redirects. On the way to another origin
 * everything that identifies us stays behind.
 */
final class Exchange {

  private static final int MAX_REDIRECTS = 10;

  /** Of different origins on the way of one request. */
  private static final int MAX_CHALLENGES = 3;

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
   * The final response, whatever its status but not a redirect. A challenge of the host is answered
   * with what is for it; that of another to which it redirects, as no one.
   *
   * @throws HostFailure when there is none, or access stays refused
   */
  Reply send(RegistryHost host, Call call) throws HostFailure, InterruptedException {
    URI uri = host.uri(reference, call.object());
    Optional<String> own = authorizer.current(host);
    Set<String> answered = new HashSet<>();
    while (true) {
      Reply reply = follow(host, call, uri, own);
      String origin = RegistryHost.origin(reply.uri());
      if (reply.status() != 401 || !answered.add(origin) || answered.size() > MAX_CHALLENGES) {
        return reply;
      }
      List<Challenge> challenges = Challenge.parse(reply.headers("www-authenticate"));
      try (reply) {
        if (isOrigin(host, reply.uri())) {
          own = authorizer.answer(host, challenges, own);
          if (own.isEmpty()) {
            String note =
                authorizer.withholds(host) ? "the credentials given are not for this host: " : "";
            throw ErrorReply.toFailure(host, reply, note);
          }
        } else if (!authorizer.answerAsNoOne(host, reply.uri(), challenges)) {
          String note = "redirected to " + ServerUri.host(reply.uri()) + ": ";
          throw ErrorReply.toFailure(host, reply, note);
        }
      }
    }
  }

  /**
   * Gets what a foreign layer's descriptor points to: nothing of ours is sent, no challenge
   * answered, and every hop is one that {@link #isForeignUrl} allows.
   */
  Reply foreign(RegistryHost owner, URI start, Map<String, String> headers)
      throws HostFailure, InterruptedException {
    return following(
        owner,
        start,
        uri -> {
          if (!isForeignUrl(uri)) {
            throw HostFailure.of(
                owner, Kind.UNAVAILABLE, "it redirects to plain http at " + ServerUri.host(uri));
          }
          return asNoOne(owner, uri, headers);
        });
  }

  /** Gets what the node's operator has named, over plain http too when that is what it says. */
  Reply anonymous(RegistryHost owner, URI start, Map<String, String> headers)
      throws HostFailure, InterruptedException {
    return following(owner, start, uri -> asNoOne(owner, uri, headers));
  }

  private Reply asNoOne(RegistryHost owner, URI uri, Map<String, String> headers)
      throws HostFailure, InterruptedException {
    Call call = new Call("GET", "", headers);
    return sender.send(
        owner, TransportSettings.DEFAULT, request(owner, call, uri, Optional.empty()));
  }

  /** TLS, or loopback. */
  static boolean isForeignUrl(URI uri) {
    return uri.getScheme().equals("https") || HostsConfig.isLoopback(ServerUri.host(uri));
  }

  private Reply follow(RegistryHost host, Call call, URI start, Optional<String> authorization)
      throws HostFailure, InterruptedException {
    return following(
        host,
        start,
        uri -> {
          boolean own = isOrigin(host, uri);
          TransportSettings settings = own ? host.transport() : host.transport().withoutClients();
          Optional<String> known = own ? authorization : authorizer.asNoOne(uri);
          return sender.send(host, settings, request(host, call, uri, known));
        });
  }

  /** One request on the way. */
  private interface Hop {
    Reply to(URI uri) throws HostFailure, InterruptedException;
  }

  private static Reply following(RegistryHost host, URI start, Hop hop)
      throws HostFailure, InterruptedException {
    URI uri = start;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      Reply reply = hop.to(uri);
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
    if (ServerUri.isUnusableHost(uri)) {
      throw HostFailure.of(
          host,
          Kind.FAILED_PRECONDITION,
          "the host name "
              + ServerUri.host(uri)
              + " cannot be used: Java's client takes letters, digits, hyphens and dots alone");
    }
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
    // The text is not told: it may hold a signature that lets anyone in.
    URI to =
        ServerUri.resolve(from, location)
            .orElseThrow(() ->
                HostFailure.of(
                    host, Kind.UNAVAILABLE, "it redirects to a URL that cannot be used"));
    if (to.getScheme().equals("http") && from.getScheme().equals("https")) {
      throw HostFailure.of(
          host, Kind.UNAVAILABLE, "it redirects from https to plain http at " + ServerUri.host(to));
    }
    return to;
  }

  private static boolean isOrigin(RegistryHost host, URI uri) {
    return RegistryHost.origin(uri).equals(host.origin());
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }
}
