package io.jcri.oci.distribution;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.ServerUri;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.distribution.transport.Transports;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends one request and waits for the head of the response; every way to fail becomes a {@link
 * HostFailure}.
 */
final class HttpSender {

  private final Transports transports;
  private final Patience patience;
  private final Timing timing;

  HttpSender(Transports transports, Patience patience, Timing timing) {
    this.transports = transports;
    this.patience = patience;
    this.timing = timing;
  }

  /**
   * @param host to blame; the request may go to another one
   */
  Reply send(RegistryHost host, TransportSettings settings, HttpRequest request)
      throws HostFailure, InterruptedException {
    HttpClient client;
    HttpRequest whole;
    try {
      client = transports.get(settings, request.uri());
      // Java's client gives this header to the proxy alone.
      whole =
          transports
              .proxy()
              .authorization(request.uri())
              .map(secret ->
                  HttpRequest.newBuilder(request, (name, value) -> true)
                      .setHeader("Proxy-Authorization", secret)
                      .build())
              .orElse(request);
    } catch (IOException e) {
      throw new HostFailure(host, Kind.FAILED_PRECONDITION, Outlook.FINAL, describe(e), null, e);
    }
    // Not HttpRequest.timeout: from JDK 26 on it covers the body too, and a large blob takes its
    // time.
    CompletableFuture<HttpResponse<BodyPipe>> pending =
        client.sendAsync(whole, head -> new BodyPipe(patience, timing));
    try {
      HttpResponse<BodyPipe> response =
          pending.get(patience.silence().toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() == 407) {
        // Of a tunnel there is no body, not even an empty one.
        Optional.ofNullable(response.body()).ifPresent(BodyPipe::close);
        throw HostFailure.of(
            host,
            Kind.UNAUTHENTICATED,
            "407: the proxy wants to know who asks; write http://user:password@host:port into"
                + " HTTPS_PROXY and HTTP_PROXY");
      }
      return new Reply(response, request.uri());
    } catch (TimeoutException e) {
      abandon(pending);
      throw failure(
          host,
          request.uri(),
          Outlook.UNREACHABLE,
          "no answer within " + seconds(patience.silence()),
          e);
    } catch (InterruptedException e) {
      abandon(pending);
      throw e;
    } catch (ExecutionException e) {
      throw explain(host, settings, request.uri(), e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * An answer that came in the same moment is closed, else its connection would stay open unread.
   */
  private static void abandon(CompletableFuture<HttpResponse<BodyPipe>> pending) {
    if (!pending.cancel(true)) {
      var _ = pending.thenAccept(response -> response.body().close());
    }
  }

  private static HostFailure explain(
      RegistryHost host, TransportSettings settings, URI uri, Throwable cause) {
    return switch (cause) {
      case HttpConnectTimeoutException e ->
          failure(
              host,
              uri,
              Outlook.UNREACHABLE,
              "no connection within " + seconds(settings.dialTimeout()),
              e);
      case ConnectException e when isUnresolved(e) ->
          failure(host, uri, Outlook.UNREACHABLE, "the name cannot be resolved", e);
      case ConnectException e -> failure(host, uri, Outlook.UNREACHABLE, unconnected(e), e);
      case SSLException e -> failure(host, uri, Outlook.UNREACHABLE, "TLS: " + describe(e), e);
      default -> failure(host, uri, Outlook.TRANSIENT, describe(cause), cause);
    };
  }

  private static HostFailure failure(
      RegistryHost host, URI uri, Outlook outlook, String why, Throwable cause) {
    String elsewhere =
        uri.getRawAuthority().equals(host.host())
            ? ""
            : "redirected to " + ServerUri.host(uri) + ": ";
    return new HostFailure(host, Kind.UNAVAILABLE, outlook, elsewhere + why, null, cause);
  }

  private static boolean isUnresolved(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  /** Java's client gives no reason for most refused connections, or that it closed a channel. */
  private static String unconnected(ConnectException error) {
    Throwable cause = error.getCause();
    boolean silent =
        error.getMessage() == null && (cause == null || cause instanceof ClosedChannelException);
    return silent
        ? "cannot connect, nothing listens there or a firewall refuses it"
        : "cannot connect: " + describe(error);
  }

  /** The JDK's outer exceptions often say nothing; the innermost message does. */
  static String describe(Throwable error) {
    String message = null;
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t.getMessage() != null) {
        message = t.getMessage();
      }
    }
    return message == null ? Reasons.of(error) : Reasons.plain(message);
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
