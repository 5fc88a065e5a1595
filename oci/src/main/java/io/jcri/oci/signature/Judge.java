package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.ImageReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whether one image meets one requirement after the other. One use, one calling thread. */
final class Judge {

  private static final int MAX_REASONS = 5;

  private final ImageReference image;
  private final List<Digest> digests;
  private final FoundSignatures found;
  private final Instant now;

  /**
   * @param image with either a tag or a digest
   * @param digests of which a signature may speak
   */
  Judge(ImageReference image, List<Digest> digests, FoundSignatures found, Instant now) {
    this.image = image;
    this.digests = digests;
    this.found = found;
    this.now = now;
  }

  /**
   * Returns when it is met.
   *
   * @throws RejectedSignatureException saying why it is not
   */
  void require(Requirement requirement, List<KeySource.Key> keys)
      throws RejectedSignatureException {
    switch (requirement) {
      case Requirement.AcceptAnything() -> {}
      case Requirement.Reject() ->
          throw new RejectedSignatureException("the policy rejects whatever is called so");
      case Requirement.Unsupported(String what) ->
          throw new RejectedSignatureException(
              "the policy wants " + what + ", which is not supported");
      case Requirement.SignedBy(KeySource _, SignedIdentity identity) -> gpg(identity, keys);
      case Requirement.SigstoreSigned(KeySource _, SignedIdentity identity) ->
          sigstore(identity, keys);
    }
  }

  private void gpg(SignedIdentity identity, List<KeySource.Key> keys)
      throws RejectedSignatureException {
    OpenPgp verifier = new OpenPgp(keys);
    List<byte[]> messages = found.messages();
    any(
        messages,
        "GPG signature is wanted and there is none " + found.where(false),
        message -> {
          byte[] payload = verifier.verify(message, now).payload();
          speaksOfIt(SignedPayload.parse(payload, SignedPayload.GPG), identity);
        });
  }

  private void sigstore(SignedIdentity identity, List<KeySource.Key> keys)
      throws RejectedSignatureException {
    List<SigstoreKey> usable = keys.stream().map(SigstoreKey::parse).toList();
    List<FoundSignatures.Attachment> attachments = found.attachments();
    any(
        attachments,
        "sigstore signature is wanted and there is none " + found.where(true),
        one -> {
          if (usable.stream().noneMatch(key -> key.hasSigned(one.payload(), one.signature()))) {
            throw new RejectedSignatureException(
                "it is by none of the keys wanted: "
                    + String.join(", ", keys.stream().map(KeySource.Key::name).toList()));
          }
          speaksOfIt(SignedPayload.parse(one.payload(), SignedPayload.SIGSTORE), identity);
        });
  }

  /** One look at one signature. */
  private interface Look<T> {
    void at(T signature) throws RejectedSignatureException;
  }

  private static <T> void any(List<T> signatures, String none, Look<T> look)
      throws RejectedSignatureException {
    if (signatures.isEmpty()) {
      throw new RejectedSignatureException("a " + none);
    }
    List<String> reasons = new ArrayList<>();
    for (T signature : signatures) {
      try {
        look.at(signature);
        return;
      } catch (RejectedSignatureException e) {
        String reason = String.valueOf(e.getMessage());
        if (reasons.size() < MAX_REASONS && !reasons.contains(reason)) {
          reasons.add(reason);
        }
      }
    }
    throw new RejectedSignatureException(
        "%d signature(s), none is accepted: %s"
            .formatted(signatures.size(), String.join("; ", reasons)));
  }

  private void speaksOfIt(SignedPayload payload, SignedIdentity identity)
      throws RejectedSignatureException {
    if (!digests.contains(payload.digest())) {
      throw new RejectedSignatureException(
          "it is of %s, the image is %s".formatted(payload.digest(), digests.getFirst()));
    }
    if (!identity.accepts(image, payload.reference())) {
      // What cosign writes when nobody tells it more.
      boolean sameRepository =
          new SignedIdentity.SameRepository().accepts(image, payload.reference());
      throw new RejectedSignatureException(
          "it is of an image called %s%s"
              .formatted(
                  payload.reference(),
                  sameRepository
                      ? ", which a signedIdentity of type matchRepository would take"
                      : ""));
    }
  }
}
