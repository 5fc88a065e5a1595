package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What policy.json wants of images from registries, which are its transport {@code docker}.
 * Immutable.
 *
 * @param fallback of images of which no scope speaks
 * @param scopes by their names; the empty one speaks of all
 */
record SignaturePolicy(List<Requirement> fallback, Map<String, List<Requirement>> scopes) {

  /** The largest policy.json that is read. */
  static final int MAX_BYTES = 1 << 20;

  /**
   * What counts for an image; all must be met.
   *
   * @param scope for messages, such as {@code default}
   */
  record Rule(String scope, List<Requirement> requirements) {
    boolean acceptsAnything() {
      return requirements.stream().allMatch(Requirement.AcceptAnything.class::isInstance);
    }
  }

  /**
   * Reads policy.json.
   *
   * @throws OciException INVALID, naming the key at fault
   */
  static SignaturePolicy parse(byte[] json) {
    return PolicyReader.read(json);
  }

  /** What counts for an image from a registry. */
  Rule rule(ImageReference reference) {
    for (String scope : Scopes.of(reference)) {
      List<Requirement> requirements = scopes.get(scope);
      if (requirements != null) {
        return new Rule("scope " + scope, requirements);
      }
    }
    return scopes.containsKey("")
        ? new Rule("all registries", Objects.requireNonNull(scopes.get("")))
        : nameless();
  }

  /** What counts for an image that has no name. */
  Rule nameless() {
    return new Rule("default", fallback);
  }
}
