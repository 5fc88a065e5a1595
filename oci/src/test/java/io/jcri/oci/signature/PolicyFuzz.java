package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;

/**
 * Any bytes are a policy.json or an {@link OciException}; a policy has a rule for every image,
 * which wants something, and its names can be compared with what a signature says.
 */
public final class PolicyFuzz {

  private static final List<ImageReference> ASKED =
      List.of(
          ImageReference.parse("r.example/a/b:1"),
          ImageReference.parse("a.r.example:5000/a@sha256:" + "0".repeat(64)),
          ImageReference.parse("busybox"));

  private PolicyFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    SignaturePolicy policy;
    try {
      policy = SignaturePolicy.parse(input);
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
      assertThat(e).hasMessageNotContaining("\n").message().hasSizeBetween(1, 1100);
      return;
    }
    check(policy.nameless());
    for (ImageReference asked : ASKED) {
      SignaturePolicy.Rule rule = policy.rule(asked);
      check(rule);
      for (Requirement wanted : rule.requirements()) {
        check(wanted, asked);
      }
    }
  }

  private static void check(SignaturePolicy.Rule rule) {
    assertThat(rule.requirements()).isNotEmpty();
    assertThat(rule.acceptsAnything())
        .isEqualTo(
            rule.requirements().stream()
                .noneMatch(one -> !(one instanceof Requirement.AcceptAnything)));
  }

  private static void check(Requirement wanted, ImageReference asked) {
    switch (wanted) {
      case Requirement.SignedBy by -> check(by.keys(), by.identity(), asked);
      case Requirement.SigstoreSigned by -> check(by.keys(), by.identity(), asked);
      case Requirement.AcceptAnything _, Requirement.Reject _ -> {}
      case Requirement.Unsupported other -> assertThat(other.what()).isNotEmpty();
    }
  }

  private static void check(KeySource keys, SignedIdentity identity, ImageReference asked) {
    assertThat(keys.files().size() + keys.inline().size()).isBetween(1, KeySource.MAX_KEYS);
    ImageReference image = Scopes.identity(asked);
    boolean own = identity.accepts(image, image.toString());
    boolean others = identity.accepts(image, "other.example/x/y:1");
    switch (identity) {
      case SignedIdentity.Exact _,
          SignedIdentity.RepoDigestOrExact _,
          SignedIdentity.SameRepository _ -> {
        assertThat(own).isTrue();
        assertThat(others).isFalse();
      }
      case SignedIdentity.ExactReference one ->
          assertThat(identity.accepts(image, one.wanted().toString())).isTrue();
      case SignedIdentity.ExactRepository one ->
          assertThat(identity.accepts(image, one.wanted().toString())).isTrue();
      case SignedIdentity.Remap remap ->
          assertThat(others && !remap.signedPrefix().startsWith("other.example")).isFalse();
    }
  }
}
