package io.jcri.oci.distribution;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.HostFailure.Outlook;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLException;

/**
 * One request and its answer, redirects followed. Headers that carry an identity go to the origin
 * they are meant for and to no other. Thread-safe.
 */
final class Exchange {
  private static final int MAX_REDIRECTS = 5;

  private final Transports transports;
  private final Duration patience;

  /**
   * @param patience how long a host may be silent
   */
  Exchange(Transports transports, Duration patience) {
    this.transports = transports;
    this.patience = patience;
  }

  /**
   * What to ask.
   *
   * @param headers that any server may see
   * @param authorization for the first origin only, empty for none
   */
  record Ask(
      String method,
      URI uri,
      Map<String, String> headers,
      Optional<String> authorization,
      Optional<BodyPublisher> body) {

    static Ask get(URI uri, Map<String, String> headers, Optional<String> authorization) {
      return new Ask("GET", uri, headers, authorization, Optional.empty());
    }
  }

  /**
   * Sends to a host of the configuration.
   *
   * @return the answer, whatever its status; its body must be closed
   */
  HttpResponse<BodyPipe> send(RegistryHost host, Ask ask) throws HostFailure, InterruptedException {
    String home = RegistryHost.origin(ask.uri());
    URI uri = ask.uri();
    for (int hop = 0; ; hop++) {
      boolean atHome = RegistryHost.origin(uri).equals(home);
      HttpResponse<BodyPipe> answer = once(host, ask, uri, atHome);
      Optional<String> location = redirect(answer);
      if (location.isEmpty()) {
        return answer;
      }
      answer.body().drain();
      if (hop == MAX_REDIRECTS) {
        throw HostFailure.of(host, OciException.Kind.UNAVAILABLE, "too many redirects");
      }
      uri = target(host, uri, location.get());
    }
  }

  private HttpResponse<BodyPipe> once(RegistryHost host, Ask ask, URI uri, boolean atHome)
      throws HostFailure, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
    request.method(ask.method(), ask.body().orElse(HttpRequest.BodyPublishers.noBody()));
    request.setHeader("User-Agent", "jcri");
    ask.headers().forEach(request::setHeader);
    if (atHome) {
      // The registry's own name for what a header of hosts.toml replaces.
      new TreeMap<>(host.headers()).forEach((name, values) -> setAll(request, name, values));
      ask.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    }
    TransportSettings transport = atHome ? host.transport() : host.transport().withoutClients();
    try {
      return transports.get(transport).send(request.build(), _ -> new BodyPipe(patience));
    } catch (HttpConnectTimeoutException e) {
      throw unreachable(host, "no connection within " + seconds(transport.dialTimeout()), e);
    } catch (HttpTimeoutException e) {
      throw unreachable(host, "no answer within " + seconds(patience), e);
    } catch (ConnectException e) {
      String reason =
          e.getCause() instanceof UnresolvedAddressException
              ? "its name cannot be resolved"
              : "connection refused";
      throw unreachable(host, reason, e);
    } catch (SSLException e) {
      throw new HostFailure(
          host,
          OciException.Kind.UNAVAILABLE,
          Outlook.UNREACHABLE,
          "TLS: " + e.getMessage(),
          null,
          e);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new HostFailure(
          host, OciException.Kind.UNAVAILABLE, Outlook.TRANSIENT, reason, null, e);
    }
  }

  private static void setAll(HttpRequest.Builder request, String name, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (i == 0) {
        request.setHeader(name, values.get(i));
      } else {
        request.header(name, values.get(i));
      }
    }
  }

  private static HostFailure unreachable(RegistryHost host, String reason, IOException cause) {
    return new HostFailure(
        host, OciException.Kind.UNAVAILABLE, Outlook.UNREACHABLE, reason, null, cause);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private static Optional<String> redirect(HttpResponse<BodyPipe> answer) {
    return switch (answer.statusCode()) {
      case 301, 302, 303, 307, 308 -> answer.headers().firstValue("Location");
      default -> Optional.empty();
    };
  }

  /** Never from https to http: what was asked for in secret stays secret. */
  private static URI target(RegistryHost host, URI from, String location) throws HostFailure {
    try {
      URI to = from.resolve(location);
      boolean known = "http".equals(to.getScheme()) || "https".equals(to.getScheme());
      boolean downgrade = "https".equals(from.getScheme()) && "http".equals(to.getScheme());
      if (known && !downgrade && to.getRawAuthority() != null) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      throw HostFailure.of(
          host, OciException.Kind.UNAVAILABLE, "redirects to \"" + location + "\"");
    }
    throw HostFailure.of(host, OciException.Kind.UNAVAILABLE, "redirects to \"" + location + "\"");
  }

  /** The failure that an answer's status stands for. */
  static HostFailure failure(RegistryHost host, HttpResponse<BodyPipe> answer) {
    int status = answer.statusCode();
    answer.body().drain();
    String message = "status " + status;
    return switch (status) {
      case 401 -> HostFailure.of(host, OciException.Kind.UNAUTHENTICATED, message);
      case 403 -> HostFailure.of(host, OciException.Kind.PERMISSION_DENIED, message);
      case 404 -> HostFailure.of(host, OciException.Kind.NOT_FOUND, message + " (not found)");
      case 408, 429 -> passing(host, answer, message);
      default ->
          status >= 500
              ? passing(host, answer, message)
              : HostFailure.of(host, OciException.Kind.UNAVAILABLE, message);
    };
  }

  private static HostFailure passing(
      RegistryHost host, HttpResponse<BodyPipe> answer, String message) {
    return new HostFailure(
        host,
        OciException.Kind.UNAVAILABLE,
        Outlook.TRANSIENT,
        message,
        answer.headers().firstValue("Retry-After").flatMap(Exchange::wait).orElse(null),
        null);
  }

  /** Seconds, or a date (RFC 9110 section 10.2.3). */
  private static Optional<Duration> wait(String retryAfter) {
    String text = retryAfter.strip();
    try {
      if (text.chars().allMatch(Character::isDigit)) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      }
      Duration left =
          Duration.between(
              ZonedDateTime.now(java.time.ZoneOffset.UTC),
              ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
      return left.isNegative() ? Optional.empty() : Optional.of(left);
    } catch (NumberFormatException | DateTimeParseException e) {
      return Optional.empty(); // a header that says nothing
    }
  }
}
