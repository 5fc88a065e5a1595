package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * A public key that sigstore signatures are checked by: ECDSA, RSA (PKCS #1 v1.5) or Ed25519, with
 * SHA-256 but for the last. Immutable.
 */
record SigstoreKey(PublicKey key, String algorithm) {

  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";
  private static final int LEAST_RSA_BITS = 2048;

  /**
   * Reads a PEM file with one key.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED, naming the file
   */
  static SigstoreKey parse(KeySource.Key source) {
    String text = new String(source.content(), StandardCharsets.US_ASCII);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw unusable(source, "there is no \"" + BEGIN + "\" in it");
    }
    try {
      byte[] der =
          Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end).strip());
      for (String family : List.of("EC", "RSA", "Ed25519")) {
        try {
          return of(KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
          // It is of another family.
        }
      }
    } catch (IllegalArgumentException e) {
      throw unusable(source, String.valueOf(e.getMessage()));
    }
    throw unusable(source, "it is none of ECDSA, RSA and Ed25519");
  }

  private static SigstoreKey of(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> new SigstoreKey(ec, "SHA256withECDSA");
      case RSAPublicKey rsa when rsa.getModulus().bitLength() < LEAST_RSA_BITS ->
          throw new IllegalArgumentException(
              "RSA keys of less than %d bits are not accepted".formatted(LEAST_RSA_BITS));
      case RSAPublicKey rsa -> new SigstoreKey(rsa, "SHA256withRSA");
      case EdECPublicKey ed -> new SigstoreKey(ed, "Ed25519");
      default -> throw new IllegalArgumentException("a key of another kind");
    };
  }

  private static OciException unusable(KeySource.Key source, String why) {
    return new OciException(
        Kind.SIGNATURE_VALIDATION_FAILED,
        "cannot read a public key from %s: %s".formatted(source.name(), why));
  }

  /** Whether the signature is by this key; one that is damaged is not. */
  boolean hasSigned(byte[] payload, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(payload);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
