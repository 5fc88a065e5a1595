package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code /v2/NAME/manifests/REFERENCE} (distribution-spec, "Pulling manifests"). */
final class ManifestEndpoint {

  /** A manifest as one host gave it. */
  static final class Fetched {
    private final Descriptor descriptor;
    private final byte[] content;

    Fetched(Descriptor descriptor, byte[] content) {
      this.descriptor = descriptor;
      this.content = content;
    }

    Descriptor descriptor() {
      return descriptor;
    }

    byte[] content() {
      return content;
    }
  }

  private final Exchange exchange;

  ManifestEndpoint(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Asks by HEAD, which does not count against pull limits; empty when the host's answer does not
   * tell all.
   */
  Optional<Descriptor> head(RegistryHost host, String wanted)
      throws HostFailure, InterruptedException {
    Call call = new Call("HEAD", "manifests/" + wanted, accept(MediaTypes.ACCEPTED_MANIFESTS));
    try (Reply reply = exchange.send(host, call)) {
      if (reply.status() == 405 || reply.status() == 501) {
        return Optional.empty();
      }
      if (reply.status() != 200) {
        throw ErrorReply.toFailure(host, reply, "");
      }
      String mediaType = reply.header("content-type").map(MediaTypes::withoutParameters).orElse("");
      Optional<Digest> digest = told(reply);
      OptionalLong size = reply.contentLength();
      boolean known = MediaTypes.isManifest(mediaType) || MediaTypes.isIndex(mediaType);
      if (!known || digest.isEmpty() || size.orElse(0) == 0) {
        return Optional.empty();
      }
      if (wanted.indexOf(':') >= 0 && !digest.get().toString().equals(wanted)) {
        throw HostFailure.of(
            host, Kind.DATA_LOSS, "asked for " + wanted + ", it has " + digest.get());
      }
      return Optional.of(new Descriptor(mediaType, digest.get(), size.getAsLong()));
    }
  }

  /** Fetches by tag or digest; checks a digest. */
  Fetched get(RegistryHost host, String wanted, List<String> mediaTypes)
      throws HostFailure, InterruptedException {
    try (Reply reply =
        exchange.send(host, new Call("GET", "manifests/" + wanted, accept(mediaTypes)))) {
      if (reply.status() != 200) {
        throw ErrorReply.toFailure(host, reply, "");
      }
      byte[] content = reply.bytes(ManifestDocument.MAX_BYTES);
      Digest digest =
          wanted.indexOf(':') >= 0
              ? Digest.parse(wanted)
              : told(reply).orElseGet(() -> Digest.of(content));
      if (!digest.matches(digest.newHash().digest(content))) {
        throw HostFailure.of(
            host,
            Kind.DATA_LOSS,
            "digest mismatch: want " + digest + ", got " + Digest.of(content));
      }
      String header = reply.header("content-type").map(MediaTypes::withoutParameters).orElse("");
      return new Fetched(
          new Descriptor(type(content, header, digest), digest, content.length), content);
    } catch (IOException e) {
      throw new HostFailure(
          host, Kind.UNAVAILABLE, Outlook.TRANSIENT, String.valueOf(e.getMessage()), null, e);
    }
  }

  /** What the document says it is, since some hosts call every manifest JSON or plain text. */
  private static String type(byte[] content, String header, Digest digest) {
    boolean known =
        MediaTypes.isManifest(header) || MediaTypes.isIndex(header) || MediaTypes.isSchema1(header);
    return known ? header : ManifestDocument.parse(content, header, digest).type();
  }

  private static Optional<Digest> told(Reply reply) {
    try {
      return reply.header("docker-content-digest").map(Digest::parse);
    } catch (OciException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> accept(List<String> mediaTypes) {
    return Map.of("Accept", String.join(", ", mediaTypes));
  }
}
