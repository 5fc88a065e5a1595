package io.jcri.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A content digest: {@code sha256:<64 hex>} or {@code sha512:<128 hex>}, lower case (OCI
 * image-spec, descriptor.md, "Digests"). Safe as a file name, since both parts are checked.
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {

  /**
   * Checks both parts.
   *
   * @throws OciException INVALID when the algorithm is not known or the hex part does not fit it
   */
  public Digest {
    int length =
        switch (algorithm) {
          case "sha256" -> 64;
          case "sha512" -> 128;
          default ->
              throw invalid(algorithm + ":" + hex, "the algorithm is neither sha256 nor sha512");
        };
    if (hex.length() != length || !hex.chars().allMatch(Digest::isLowerHex)) {
      throw invalid(algorithm + ":" + hex, "want " + length + " lower-case hex digits");
    }
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws OciException INVALID
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw invalid(text, "no algorithm");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The SHA-256 of these bytes. */
  public static Digest of(byte[] content) {
    return ofHash(newSha256().digest(content));
  }

  /** A SHA-256 digest of its 32 bytes. */
  public static Digest ofHash(byte[] sha256) {
    return new Digest("sha256", HexFormat.of().formatHex(sha256));
  }

  /** A fresh hash of SHA-256. */
  public static MessageDigest newSha256() {
    return newHash("SHA-256");
  }

  /** A fresh hash of this digest's algorithm; compare its result by {@link #matches}. */
  public MessageDigest newHash() {
    return newHash(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
  }

  /** Whether the finished hash is this digest. */
  public boolean matches(byte[] hash) {
    return hex.equals(HexFormat.of().formatHex(hash));
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  private static MessageDigest newHash(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new OciException(OciException.Kind.INTERNAL, "this Java runtime has no " + name, e);
    }
  }

  private static boolean isLowerHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  private static OciException invalid(String text, String why) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
    return new OciException(
        OciException.Kind.INVALID, String.format(Locale.ROOT, "bad digest \"%s\": %s", shown, why));
  }
}
