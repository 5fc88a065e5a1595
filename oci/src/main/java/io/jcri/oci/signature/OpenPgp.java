package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.OpenPGPDefaultPolicy;
import org.bouncycastle.openpgp.api.OpenPGPMessageInputStream;
import org.bouncycastle.openpgp.api.OpenPGPMessageProcessor;
import org.bouncycastle.openpgp.api.OpenPGPSignature.OpenPGPDocumentSignature;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;
import org.jspecify.annotations.Nullable;

/**
 * Messages as {@code gpg --sign} makes them. The key must be one of those given, and neither it nor
 * its certificate may have expired or been revoked, by the time of the signature and by now. The
 * library is loaded with this class, its ciphers are no provider of Java's. Used by one thread.
 */
final class OpenPgp {

  private static final int MAX_PAYLOAD = 64 << 10;

  /**
   * A message whose signature is good.
   *
   * @param key the fingerprint of the certificate, upper-case hex
   */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Signed(byte[] payload, String key) {}

  private final OpenPGPDefaultPolicy policy = new OpenPGPDefaultPolicy();
  private final BcOpenPGPApi api = new BcOpenPGPApi(policy);
  private final List<OpenPGPCertificate> certificates = new ArrayList<>();

  /**
   * Reads public keys, armored or not.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED, naming the file that has none
   */
  OpenPgp(List<KeySource.Key> keys) {
    for (KeySource.Key key : keys) {
      List<OpenPGPCertificate> found;
      try {
        found = api.readKeyOrCertificate().parseCertificates(key.content());
      } catch (IOException | RuntimeException e) {
        throw unusable(key, Reasons.of(e), e);
      }
      if (found.isEmpty()) {
        throw unusable(key, "there is none in it", null);
      }
      certificates.addAll(found);
    }
  }

  private static OciException unusable(KeySource.Key key, String why, @Nullable Exception cause) {
    return new OciException(
        Kind.SIGNATURE_VALIDATION_FAILED,
        "cannot read GPG public keys from %s: %s".formatted(key.name(), why),
        cause);
  }

  /**
   * Checks the one signature of a message.
   *
   * @param now for what has expired
   */
  Signed verify(byte[] message, Instant now) throws RejectedSignatureException {
    OpenPGPMessageProcessor processor = api.decryptAndOrVerifyMessage();
    certificates.forEach(processor::addVerificationCertificate);
    List<String> others = new ArrayList<>();
    OpenPGPMessageProcessor _ =
        processor.setMissingOpenPGPCertificateProvider(key -> {
          others.add(key.toString());
          return null;
        });
    byte[] payload;
    List<OpenPGPDocumentSignature> signatures;
    try {
      OpenPGPMessageInputStream in = processor.process(new ByteArrayInputStream(message));
      // The signature follows the content and is read when that is closed.
      try (in) {
        payload = in.readNBytes(MAX_PAYLOAD + 1);
      }
      signatures = in.getResult().getSignatures();
    } catch (IOException | PGPException | RuntimeException e) {
      // The library meets some damage with an exception that tells of an index or a cast.
      throw new RejectedSignatureException("it is no signed GPG message: " + Reasons.of(e));
    }
    if (payload.length > MAX_PAYLOAD) {
      throw new RejectedSignatureException("it signs more than " + MAX_PAYLOAD + " bytes");
    }
    if (!others.isEmpty()) {
      throw new RejectedSignatureException(
          "it is by the GPG key %s, which is not among those wanted".formatted(others.getFirst()));
    }
    if (signatures.size() != 1) {
      throw new RejectedSignatureException(
          "it has %d signatures by GPG, wanted is one".formatted(signatures.size()));
    }
    return new Signed(payload, key(signatures.getFirst(), now));
  }

  private String key(OpenPGPDocumentSignature signature, Instant now)
      throws RejectedSignatureException {
    OpenPGPComponentKey issuer = signature.getIssuer();
    String key =
        HexFormat.of().formatHex(issuer.getCertificate().getFingerprint()).toUpperCase(Locale.ROOT);
    try {
      if (!signature.isTestedCorrect()) {
        throw new RejectedSignatureException("it is not what GPG key " + key + " has signed");
      }
      if (!signature.isEffectiveAt(Date.from(now))) {
        throw new RejectedSignatureException("it has expired or is not valid yet");
      }
      if (!isGood(signature, signature.getCreationTime()) || !isGood(signature, Date.from(now))) {
        throw new RejectedSignatureException(
            "the GPG key %s has expired, is revoked or must not sign".formatted(key));
      }
      return key;
    } catch (PGPException | RuntimeException e) {
      throw new RejectedSignatureException(
          "its signature by GPG key %s is not acceptable: %s".formatted(key, Reasons.of(e)));
    }
  }

  private boolean isGood(OpenPGPDocumentSignature signature, Date at) throws PGPException {
    if (signature.isValidAt(at, policy)) {
      return true;
    }
    // Of a primary key that does not say what it is for GPG takes signatures, as old ones are so.
    OpenPGPComponentKey key = signature.getIssuer();
    return key.isPrimaryKey() && key.getKeyFlags(at) == null && key.isBoundAt(at);
  }
}
