package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ManifestDocument;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code /v2/NAME/manifests/REFERENCE} (distribution-spec, "Pulling manifests"). */
final class ManifestEndpoint {

  /** What is not larger than this is kept when it had to be read to be described. */
  private static final int MOST_KEPT = 64 << 10;

  /** A manifest as one host gave it. */
  record Fetched(Descriptor descriptor, Optional<byte[]> content) {}

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
      switch (reply.status()) {
        case 200 -> {}
        // A URL that is signed for GET, or a server that knows no HEAD. Also the reason that an
        // answer to HEAD cannot tell. What is not there for HEAD is not asked for twice.
        case 400, 403, 405, 406, 411, 501 -> {
          return Optional.empty();
        }
        default -> throw ErrorReply.toFailure(host, reply, "");
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

  /**
   * Finds out what is behind a tag or digest by reading it; a small one is kept, as it is wanted
   * next.
   */
  Fetched get(RegistryHost host, String wanted) throws HostFailure, InterruptedException {
    Call call = new Call("GET", "manifests/" + wanted, accept(MediaTypes.ACCEPTED_MANIFESTS));
    try (Reply reply = exchange.send(host, call)) {
      if (reply.status() != 200) {
        throw ErrorReply.toFailure(host, reply, "");
      }
      String header = reply.header("content-type").map(MediaTypes::withoutParameters).orElse("");
      Optional<Digest> told =
          wanted.indexOf(':') >= 0 ? Optional.of(Digest.parse(wanted)) : told(reply);
      MessageDigest hash = told.map(Digest::newHash).orElseGet(Digest::newSha256);
      byte[] head = reply.body().readNBytes(MOST_KEPT + 1);
      hash.update(head);
      boolean small = head.length <= MOST_KEPT;
      long size = small ? head.length : head.length + hashRest(reply, hash);
      byte[] sum = hash.digest();
      Digest digest = told.orElseGet(() -> Digest.ofHash(sum));
      checkDigest(host, digest, sum);
      if (!small && !known(header)) {
        throw HostFailure.of(
            host,
            Kind.INVALID,
            "manifest " + digest + " has " + size + " bytes and comes as \"" + header + "\"");
      }
      String type = known(header) ? header : ManifestDocument.parse(head, header, digest).type();
      return new Fetched(
          new Descriptor(type, digest, size), small ? Optional.of(head) : Optional.empty());
    } catch (IOException e) {
      throw broken(host, e);
    }
  }

  private static long hashRest(Reply reply, MessageDigest hash) throws IOException {
    byte[] buffer = new byte[16 << 10];
    long size = 0;
    for (int n = reply.body().read(buffer); n >= 0; n = reply.body().read(buffer)) {
      hash.update(buffer, 0, n);
      size += n;
      if (MOST_KEPT + size > ManifestDocument.MAX_BYTES) {
        throw new IOException(
            "the manifest is larger than " + ManifestDocument.MAX_BYTES + " bytes");
      }
    }
    return size;
  }

  /** Fetches what a descriptor promises: not more bytes, and of that digest. */
  byte[] get(RegistryHost host, Descriptor wanted, List<String> mediaTypes)
      throws HostFailure, InterruptedException {
    Call call = new Call("GET", "manifests/" + wanted.digest(), accept(mediaTypes));
    try (Reply reply = exchange.send(host, call)) {
      if (reply.status() != 200) {
        throw ErrorReply.toFailure(host, reply, "");
      }
      byte[] content = reply.body().readNBytes((int) wanted.size() + 1);
      if (content.length != wanted.size()) {
        throw HostFailure.of(
            host,
            Kind.DATA_LOSS,
            content.length < wanted.size()
                ? "it has " + content.length + " bytes, its descriptor says " + wanted.size()
                : "it has more bytes than the " + wanted.size() + " that its descriptor says");
      }
      checkDigest(host, wanted.digest(), wanted.digest().newHash().digest(content));
      return content;
    } catch (IOException e) {
      throw broken(host, e);
    }
  }

  private static void checkDigest(RegistryHost host, Digest wanted, byte[] sum) throws HostFailure {
    if (!wanted.matches(sum)) {
      throw HostFailure.of(
          host,
          Kind.DATA_LOSS,
          "digest mismatch: want %s, got %s:%s"
              .formatted(wanted, wanted.algorithm(), HexFormat.of().formatHex(sum)));
    }
  }

  private static HostFailure broken(RegistryHost host, IOException e) {
    return new HostFailure(
        host, Kind.UNAVAILABLE, Outlook.TRANSIENT, String.valueOf(e.getMessage()), null, e);
  }

  /** Some hosts call every manifest JSON or plain text: then it says itself what it is. */
  private static boolean known(String header) {
    return MediaTypes.isManifest(header)
        || MediaTypes.isIndex(header)
        || MediaTypes.isSchema1(header);
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
