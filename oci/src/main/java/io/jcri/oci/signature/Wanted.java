package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a policy wants of one image, with the keys as they are now.
 *
 * @param keys of each requirement
 */
record Wanted(SignaturePolicy.Rule rule, List<List<KeySource.Key>> keys) {

  /**
   * Reads the keys.
   *
   * @throws io.jcri.oci.OciException SIGNATURE_VALIDATION_FAILED naming a file that cannot be read
   */
  static Wanted of(SignaturePolicy.Rule rule) {
    List<List<KeySource.Key>> keys = new ArrayList<>();
    for (Requirement requirement : rule.requirements()) {
      keys.add(
          switch (requirement) {
            case Requirement.SignedBy signed -> signed.keys().read();
            case Requirement.SigstoreSigned signed -> signed.keys().read();
            case Requirement.AcceptAnything _, Requirement.Reject _, Requirement.Unsupported _ ->
                List.of();
          });
    }
    return new Wanted(rule, keys);
  }

  /**
   * The same for the same requirements and keys, wherever policy and key files have them: whoever
   * has met one has met the other. It is on disk.
   */
  String fingerprint() {
    MessageDigest hash = Digest.newSha256();
    for (int i = 0; i < keys.size(); i++) {
      add(hash, text(rule.requirements().get(i)).getBytes(StandardCharsets.UTF_8));
      hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(keys.get(i).size()).flip());
      for (KeySource.Key key : keys.get(i)) {
        add(hash, key.content());
      }
    }
    return Digest.ofHash(hash.digest()).toString();
  }

  private static void add(MessageDigest hash, byte[] content) {
    hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(content.length).flip());
    hash.update(content);
  }

  private static String text(Requirement requirement) {
    return switch (requirement) {
      case Requirement.AcceptAnything _ -> "insecureAcceptAnything";
      case Requirement.Reject _ -> "reject";
      case Requirement.SignedBy signed -> "signedBy " + text(signed.identity());
      case Requirement.SigstoreSigned signed -> "sigstoreSigned " + text(signed.identity());
      case Requirement.Unsupported(String what) -> "unsupported " + what;
    };
  }

  private static String text(SignedIdentity identity) {
    return switch (identity) {
      case SignedIdentity.Exact() -> "matchExact";
      case SignedIdentity.RepoDigestOrExact() -> "matchRepoDigestOrExact";
      case SignedIdentity.SameRepository() -> "matchRepository";
      case SignedIdentity.ExactReference(var wanted) -> "exactReference " + wanted;
      case SignedIdentity.ExactRepository(var wanted) -> "exactRepository " + wanted.name();
      case SignedIdentity.Remap(String prefix, String signedPrefix) ->
          "remapIdentity " + prefix + " " + signedPrefix;
    };
  }
}
