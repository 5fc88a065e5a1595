package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;

/**
 * What a signature says of an image (containers-signature(5); sigstore's is the same but for its
 * type).
 *
 * @param digest of the manifest or index
 * @param reference how the image is called, as its signer wrote it
 */
record SignedPayload(Digest digest, String reference) {

  static final String GPG = "atomic container signature";
  static final String SIGSTORE = "cosign container image signature";

  /**
   * Reads what has been signed.
   *
   * @param wantedType {@link #GPG} or {@link #SIGSTORE}
   */
  static SignedPayload parse(byte[] json, String wantedType) throws RejectedSignatureException {
    try {
      StrictObject root = StrictJson.parse(json);
      StrictObject critical = root.object("critical");
      // What is in there is a note to the reader, or null.
      if (!root.has("optional")) {
        throw root.invalid("optional", "is missing");
      }
      root.rejectUnknown();
      String type = critical.text("type");
      if (!type.equals(wantedType)) {
        throw critical.invalid("type", "is \"" + type + "\", not \"" + wantedType + "\"");
      }
      StrictObject image = critical.object("image");
      StrictObject identity = critical.object("identity");
      critical.rejectUnknown();
      Digest digest = Digest.parse(image.text("docker-manifest-digest"));
      image.rejectUnknown();
      String reference = identity.text("docker-reference");
      identity.rejectUnknown();
      return new SignedPayload(digest, reference);
    } catch (OciException e) {
      throw new RejectedSignatureException(
          "what it signs is not as it should be: " + e.getMessage());
    }
  }
}
