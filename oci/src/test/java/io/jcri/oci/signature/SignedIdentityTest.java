package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.manifest.ImageReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignedIdentityTest {

  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  /** As in containers-policy.json(5); the identity is written as in the file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'type':'matchExact' | q.io/a:1 | q.io/a:1 | true",
        "'type':'matchExact' | q.io/a:1 | q.io/a:2 | false",
        "'type':'matchExact' | q.io/a:latest | q.io/a | false",
        "'type':'matchExact' | q.io/a@sha256:HEX | q.io/a:1 | false",
        "'type':'matchExact' | q.io/a@sha256:HEX | q.io/a@sha256:HEX | true",
        "'type':'matchExact' | busybox | docker.io/library/busybox:latest | true",
        "'type':'matchExact' | busybox | busybox:latest | true",
        "'type':'matchRepoDigestOrExact' | q.io/a:1 | q.io/a:1 | true",
        "'type':'matchRepoDigestOrExact' | q.io/a:1 | q.io/a:2 | false",
        "'type':'matchRepoDigestOrExact' | q.io/a:1 | q.io/a@sha256:HEX | false",
        "'type':'matchRepoDigestOrExact' | q.io/a@sha256:HEX | q.io/a:2 | true",
        "'type':'matchRepoDigestOrExact' | q.io/a@sha256:HEX | q.io/b:2 | false",
        "'type':'matchRepoDigestOrExact' | q.io/a@sha256:HEX | q.io/a | false",
        "'type':'matchRepoDigestOrExact' | q.io/a:1@sha256:HEX | q.io/a:2 | true",
        "'type':'matchRepository' | q.io/a:1 | q.io/a:2 | true",
        "'type':'matchRepository' | q.io/a:1 | q.io/a | true",
        "'type':'matchRepository' | q.io/a:1 | q.io/a/b:1 | false",
        "'type':'exactReference','dockerReference':'p.io/x:9' | q.io/a:1 | p.io/x:9 | true",
        "'type':'exactReference','dockerReference':'p.io/x:9' | q.io/a:1 | q.io/a:1 | false",
        "'type':'exactRepository','dockerRepository':'p.io/x' | q.io/a:1 | p.io/x:9 | true",
        "'type':'exactRepository','dockerRepository':'p.io/x' | q.io/a:1 | p.io/y:9 | false",
        "'type':'remapIdentity','prefix':'q.io','signedPrefix':'p.io/up' | q.io/a:1 | p.io/up/a:1"
            + " | true",
        "'type':'remapIdentity','prefix':'q.io','signedPrefix':'p.io/up' | q.io/a:1 | q.io/a:1"
            + " | false",
        "'type':'remapIdentity','prefix':'q.io','signedPrefix':'p.io/up' | r.io/a:1 | r.io/a:1"
            + " | true",
        "'type':'remapIdentity','prefix':'q.io/a','signedPrefix':'p.io/x' | q.io/ab:1 | p.io/xb:1"
            + " | false",
        "'type':'remapIdentity','prefix':'q.io/a','signedPrefix':'p.io/x' | q.io/a:1 | p.io/x:1"
            + " | true",
        "'type':'remapIdentity','prefix':'q.io/a','signedPrefix':'p.io/x' | q.io/a@sha256:HEX"
            + " | p.io/x:any | true",
        "'type':'matchExact' | q.io/a:1 | not a name | false",
      })
  void namesInSignatures(String identity, String image, String signed, boolean accepted) {
    String policy =
        """
        {"default":[{"type":"signedBy","keyType":"GPGKeys","keyPath":"/k","signedIdentity":{%s}}]}
        """
            .formatted(identity.replace('\'', '"'));
    var requirement =
        (Requirement.SignedBy) PolicyTexts.parse(policy).nameless().requirements().getFirst();
    ImageReference reference = Scopes.identity(ImageReference.parse(image.replace("HEX", HEX)));

    assertThat(requirement.identity().accepts(reference, signed.replace("HEX", HEX)))
        .isEqualTo(accepted);
  }
}
