package io.jcri.oci.distribution;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.OneLine;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /v2/NAME/blobs/DIGEST} (distribution-spec, "Pulling blobs"), from any offset (RFC 9110,
 * 14). Many registries, and the storage and proxies behind them, have no working ranges: whoever
 * does not give just the rest is asked for the whole blob, and its beginning is skipped.
 */
final class BlobEndpoint {

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

  /**
   * A body that stands at the wanted byte.
   *
   * @param skipped how many bytes had to be read to get there
   */
  record Opened(BodyPipe body, long skipped) {}

  /** Asks one host for the blob. */
  private interface Get {
    Reply with(Map<String, String> headers) throws HostFailure, InterruptedException;
  }

  private final Exchange exchange;

  BlobEndpoint(Exchange exchange) {
    this.exchange = exchange;
  }

  /** The body from that offset on. */
  Opened open(RegistryHost host, Descriptor blob, long offset)
      throws HostFailure, InterruptedException {
    String object = "blobs/" + blob.digest();
    return open(
        host, blob, offset, headers -> exchange.send(host, new Call("GET", object, headers)));
  }

  /** The same from where a foreign layer's descriptor says it is, as no one. */
  Opened openForeign(RegistryHost owner, URI uri, Descriptor blob, long offset)
      throws HostFailure, InterruptedException {
    return open(owner, blob, offset, headers -> exchange.foreign(owner, uri, headers));
  }

  private static Opened open(RegistryHost host, Descriptor blob, long offset, Get get)
      throws HostFailure, InterruptedException {
    if (offset > 0) {
      Optional<Opened> rest = rest(host, blob, offset, get);
      if (rest.isPresent()) {
        return rest.get();
      }
    }
    Reply reply = get.with(Map.of());
    boolean good = false;
    try {
      if (reply.status() == 206 && !isRange(reply, 0, blob.size())) {
        String range = OneLine.of(reply.header("content-range").orElse(""));
        throw HostFailure.of(
            host, Kind.DATA_LOSS, "asked for all bytes, got a part: \"" + range + "\"");
      }
      if (reply.status() != 200 && reply.status() != 206) {
        throw ErrorReply.toFailure(host, reply, "");
      }
      Opened opened = whole(host, reply, blob, offset);
      good = true;
      return opened;
    } finally {
      if (!good) {
        reply.body().close();
      }
    }
  }

  /** Empty when the host has to be asked for all. */
  private static Optional<Opened> rest(RegistryHost host, Descriptor blob, long offset, Get get)
      throws HostFailure, InterruptedException {
    Reply reply;
    try {
      reply = get.with(Map.of("Range", "bytes=" + offset + "-"));
    } catch (HostFailure failure) {
      // Some answer a range by closing the connection.
      if (failure.outlook() == Outlook.TRANSIENT && failure.retryAfter().isEmpty()) {
        return Optional.empty();
      }
      throw failure;
    }
    boolean good = false;
    try {
      Optional<Opened> opened =
          switch (reply.status()) {
            case 200 -> Optional.of(whole(host, reply, blob, offset));
            case 206 ->
                Optional.of(new Opened(reply.body(), 0))
                    .filter(rest -> isRange(reply, offset, blob.size()));
            // These would be said of the whole blob too.
            case 401, 404, 407, 408, 410, 429 -> throw ErrorReply.toFailure(host, reply, "");
            default -> Optional.empty();
          };
      good = opened.isPresent();
      return opened;
    } finally {
      if (!good) {
        reply.body().close();
      }
    }
  }

  /**
   * A part of the blob.
   *
   * @param to the first byte that is not wanted
   * @throws HostFailure also when the host gives anything else
   */
  BodyPipe piece(RegistryHost host, Descriptor blob, long from, long to)
      throws HostFailure, InterruptedException {
    Map<String, String> range = Map.of("Range", "bytes=" + from + "-" + (to - 1));
    Reply reply = exchange.send(host, new Call("GET", "blobs/" + blob.digest(), range));
    if (reply.status() != 206 || !isRange(reply, from, to, blob.size())) {
      reply.body().close();
      throw HostFailure.of(
          host, Kind.UNAVAILABLE, "it gives no part of a blob, status " + reply.status());
    }
    return reply.body();
  }

  /** Whether these are the bytes from there to the end of a blob of this size. */
  private static boolean isRange(Reply reply, long from, long size) {
    return isRange(reply, from, size, size);
  }

  private static boolean isRange(Reply reply, long from, long to, long size) {
    Matcher range = CONTENT_RANGE.matcher(reply.header("content-range").orElse(""));
    OptionalLong length = reply.contentLength();
    return range.matches()
        && Long.parseLong(range.group(1)) == from
        && Long.parseLong(range.group(2)) == to - 1
        && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == size)
        && (length.isEmpty() || length.getAsLong() == to - from);
  }

  private static Opened whole(RegistryHost host, Reply reply, Descriptor blob, long offset)
      throws HostFailure, InterruptedException {
    OptionalLong length = reply.contentLength();
    if (length.isPresent() && length.getAsLong() != blob.size()) {
      throw HostFailure.of(
          host,
          Kind.DATA_LOSS,
          "the blob has " + length.getAsLong() + " bytes, its descriptor says " + blob.size());
    }
    try {
      reply.body().skipNBytes(offset);
    } catch (InterruptedIOException e) {
      throw (InterruptedException) new InterruptedException("interrupted").initCause(e);
    } catch (IOException e) {
      throw new HostFailure(
          host, Kind.UNAVAILABLE, Outlook.TRANSIENT, String.valueOf(e.getMessage()), null, e);
    }
    return new Opened(reply.body(), offset);
  }
}
