package io.jcri.oci.distribution;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.OneLine;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a response that is no success into a {@link HostFailure} (distribution-spec, "Error
 * Codes").
 */
final class ErrorReply {

  private static final int MAX_BODY = 16 << 10;
  private static final Json.Bounds BOUNDS = new Json.Bounds(MAX_BODY, 1_000);

  private record Entry(@Nullable String code, @Nullable String message) {}

  private record Body(List<Entry> errors) {}

  private ErrorReply() {}

  static HostFailure toFailure(RegistryHost host, Reply reply, String prefix) {
    int status = reply.status();
    Kind kind =
        switch (status) {
          case 400, 406 -> Kind.INVALID;
          case 401, 407 -> Kind.UNAUTHENTICATED;
          case 403 -> Kind.PERMISSION_DENIED;
          case 404, 410 -> Kind.NOT_FOUND;
          default -> Kind.UNAVAILABLE;
        };
    boolean transientStatus = status == 429 || status == 408 || (status >= 500 && status != 501);
    return new HostFailure(
        host,
        kind,
        transientStatus ? Outlook.TRANSIENT : Outlook.FINAL,
        prefix + status + " " + name(status) + detail(reply) + advice(status),
        status == 429 || status == 503 ? retryAfter(reply) : null,
        null);
  }

  /** What whoever wants the image can do about it. */
  private static String advice(int status) {
    return switch (status) {
      case 401 -> ": it wants credentials that it knows, see the pod's imagePullSecrets";
      case 403 -> ": it does not let these credentials, or no one without, have it";
      case 404, 410 -> ": check the name, and whether it shows it to whom it does not know";
      case 429 -> ": it is asked too often; log in, use a mirror or wait";
      case 500, 502, 503, 504 -> ": it or a proxy before it is at fault; try again later";
      default -> "";
    };
  }

  private static String detail(Reply reply) {
    try {
      Body body = Json.parse(reply.bytes(MAX_BODY), Body.class, BOUNDS);
      String text =
          body.errors.stream()
              .map(entry ->
                  entry.message == null || entry.message.isEmpty() ? entry.code : entry.message)
              .filter(java.util.Objects::nonNull)
              .distinct()
              .collect(Collectors.joining(", "));
      return text.isEmpty() ? "" : " (" + OneLine.of(text) + ")";
    } catch (OciException | IOException e) {
      // The status says enough; proxies answer with HTML.
      return "";
    }
  }

  /** Seconds or a date (RFC 9110, 10.2.3). */
  private static @Nullable Duration retryAfter(Reply reply) {
    String text = reply.header("retry-after").orElse("");
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(Instant.now(), until);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static String name(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 416 -> "Range Not Satisfiable";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "status";
    };
  }
}
