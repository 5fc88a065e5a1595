package io.jcri.oci.distribution;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;

/**
 * {@code /v2/NAME/blobs/DIGEST} (distribution-spec, "Pulling blobs"), from any offset (RFC 9110,
 * 14).
 */
final class BlobEndpoint {

  private final Exchange exchange;

  BlobEndpoint(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * The body from that offset on; a host that cannot start there sends all, of which the beginning
   * is skipped.
   */
  BodyPipe open(RegistryHost host, Descriptor blob, long offset)
      throws HostFailure, InterruptedException {
    Map<String, String> headers = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
    Reply reply = exchange.send(host, new Call("GET", "blobs/" + blob.digest(), headers));
    boolean good = false;
    try {
      switch (reply.status()) {
        case 200 -> {
          checkLength(host, reply, blob.size());
          skip(host, reply, offset);
        }
        case 206 -> {
          String range = reply.header("content-range").orElse("");
          if (offset == 0 || !range.startsWith("bytes " + offset + "-")) {
            throw HostFailure.of(
                host,
                Kind.DATA_LOSS,
                "asked for bytes from " + offset + ", got \"" + ErrorReply.clean(range) + "\"");
          }
          checkLength(host, reply, blob.size() - offset);
        }
        default -> throw ErrorReply.toFailure(host, reply, "");
      }
      good = true;
      return reply.body();
    } finally {
      if (!good) {
        reply.body().close();
      }
    }
  }

  private static void checkLength(RegistryHost host, Reply reply, long wanted) throws HostFailure {
    OptionalLong length = reply.contentLength();
    if (length.isPresent() && length.getAsLong() != wanted) {
      throw HostFailure.of(
          host,
          Kind.DATA_LOSS,
          "the blob has " + length.getAsLong() + " bytes, its descriptor says " + wanted);
    }
  }

  private static void skip(RegistryHost host, Reply reply, long bytes) throws HostFailure {
    try {
      reply.body().skipNBytes(bytes);
    } catch (IOException e) {
      throw new HostFailure(
          host, Kind.UNAVAILABLE, Outlook.TRANSIENT, String.valueOf(e.getMessage()), null, e);
    }
  }
}
