package io.jcri.oci.signature;

import java.nio.charset.StandardCharsets;

/** Policies as text. */
final class PolicyTexts {

  private PolicyTexts() {}

  static SignaturePolicy parse(String json) {
    return SignaturePolicy.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
