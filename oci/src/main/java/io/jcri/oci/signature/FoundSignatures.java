package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The signatures that there are of one image. They come from strangers, so their number and size
 * are bounded. One use, one calling thread.
 */
final class FoundSignatures {

  /** A signature of sigstore's, as its manifest has it. */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Attachment(byte[] payload, byte[] signature) {}

  private static final String PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
  private static final String SIGNATURE = "dev.cosignproject.cosign/signature";

  private final SignatureStores.Place place;
  private final ImageReference reference;
  private final List<Digest> digests;
  private final Repository repository;
  private int bytes;

  /**
   * @param digests that the signatures may be of
   * @param repository where the image is
   */
  FoundSignatures(
      SignatureStores.Place place,
      ImageReference reference,
      List<Digest> digests,
      Repository repository) {
    this.place = place;
    this.reference = reference;
    this.digests = digests;
    this.repository = repository;
  }

  /** Where was looked, for who wonders why there are none. */
  String where(boolean attachments) {
    return !attachments
        ? "at " + place.lookaside()
        : place.attachments()
            ? "as attachments in " + reference.name()
            : "as use-sigstore-attachments is not set for it";
  }

  /** Messages of GnuPG (containers-signature(5)), those of one digest behind those of another. */
  List<byte[]> messages() {
    List<byte[]> messages = new ArrayList<>();
    for (Digest digest : digests) {
      for (int i = 1; ; i++) {
        Optional<byte[]> message = message(digest, i);
        if (message.isEmpty()) {
          break;
        }
        count(messages.size() + 1, message.get().length);
        messages.add(message.get());
      }
    }
    return messages;
  }

  private Optional<byte[]> message(Digest digest, int number) {
    String base = place.lookaside().toString();
    String below =
        "%s@%s=%s/signature-%d"
            .formatted(reference.repository(), digest.algorithm(), digest.hex(), number);
    String slash = base.endsWith("/") ? "" : "/";
    URI uri = URI.create(base + slash + below);
    if (!uri.getScheme().equals("file")) {
      return repository.fetchElsewhere(uri, SignatureLimits.BYTES);
    }
    Path file = Path.of(uri.getPath());
    return Files.exists(file)
        ? Optional.of(KeySource.content(file, SignatureLimits.BYTES))
        : Optional.empty();
  }

  /** What {@code cosign sign} has put beside the image. */
  List<Attachment> attachments() {
    List<Attachment> found = new ArrayList<>();
    if (place.attachments()) {
      for (Digest digest : digests) {
        addAttachments(repository.withTag(digest.algorithm() + "-" + digest.hex() + ".sig"), found);
      }
    }
    return found;
  }

  private void addAttachments(Repository beside, List<Attachment> found) {
    Descriptor descriptor;
    try {
      descriptor = beside.resolve().descriptor();
    } catch (OciException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return;
      }
      throw e;
    }
    for (Descriptor layer : manifest(beside, descriptor).layers()) {
      String signature = layer.annotations().get(SIGNATURE);
      if (layer.mediaType().equals(PAYLOAD_TYPE) && signature != null) {
        count(found.size() + 1, layer.size() + signature.length());
        decoded(signature)
            .ifPresent(sure -> found.add(new Attachment(payload(beside, layer), sure)));
      }
    }
  }

  private Manifest manifest(Repository beside, Descriptor at) {
    try {
      return Manifest.parse(beside.fetchManifest(at), at.mediaType(), at.digest());
    } catch (OciException e) {
      if (e.kind() == Kind.INVALID) {
        throw new OciException(
            Kind.SIGNATURE_VALIDATION_FAILED,
            "the signatures of image %s cannot be read: %s".formatted(reference, e.getMessage()),
            e);
      }
      throw e;
    }
  }

  /** Empty for what can be nobody's. */
  private static Optional<byte[]> decoded(String signature) {
    try {
      return Optional.of(Base64.getDecoder().decode(signature));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] payload(Repository beside, Descriptor layer) {
    try (InputStream in = beside.openBlob(layer, 0)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw OciException.ofIo("cannot read blob " + layer.digest(), e);
    }
  }

  private void count(int number, long size) {
    if (number > SignatureLimits.SIGNATURES
        || size > SignatureLimits.BYTES
        || bytes + size > SignatureLimits.ALL_BYTES) {
      throw new OciException(
          Kind.SIGNATURE_VALIDATION_FAILED,
          "image %s has more or larger signatures than %d, of %d bytes each and %d together"
              .formatted(
                  reference,
                  SignatureLimits.SIGNATURES,
                  SignatureLimits.BYTES,
                  SignatureLimits.ALL_BYTES));
    }
    bytes += (int) size;
  }
}
