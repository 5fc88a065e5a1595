package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** policy.json as it is now: read each time, parsed when it has changed. Thread-safe. */
final class PolicyFile {

  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  private record Parsed(byte[] json, SignaturePolicy policy) {}

  private final Path file;
  private volatile @Nullable Parsed last;

  PolicyFile(Path file) {
    this.file = file;
  }

  /**
   * The policy.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED, naming the file, when it is not there or
   *     wrong
   */
  SignaturePolicy read() {
    byte[] json;
    try {
      json = KeySource.content(file, SignaturePolicy.MAX_BYTES);
    } catch (OciException e) {
      throw new OciException(e.kind(), "the signature policy of this node: " + e.getMessage(), e);
    }
    Parsed known = last;
    if (known != null && Arrays.equals(known.json, json)) {
      return known.policy;
    }
    try {
      SignaturePolicy policy = SignaturePolicy.parse(json);
      last = new Parsed(json, policy);
      return policy;
    } catch (OciException e) {
      throw new OciException(
          Kind.SIGNATURE_VALIDATION_FAILED,
          "the signature policy of this node, %s: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
