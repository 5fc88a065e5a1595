package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.manifest.ImageReference;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds images to policy.json: when they are pulled, and again when something is to be made of
 * them. Policy, keys and registries.d are read each time. Thread-safe.
 */
public final class SignatureCheck {

  private final PolicyFile policy;
  private final Path stores;
  private final InstantSource clock;

  /**
   * Reads nothing yet.
   *
   * @param policy policy.json, which must be there when an image is checked
   * @param stores the directory registries.d, which need not
   */
  public SignatureCheck(Path policy, Path stores) {
    this(policy, stores, InstantSource.system());
  }

  SignatureCheck(Path policy, Path stores, InstantSource clock) {
    this.policy = new PolicyFile(policy);
    this.stores = stores;
    this.clock = clock;
  }

  /**
   * Checks what a reference has been resolved to, before anything of it is unpacked. A signature
   * counts that is of the manifest of this node's platform, or of the index that names it.
   *
   * @param top digest of the index or manifest that the reference stands for
   * @param instance digest of the manifest, itself checked against the index
   * @param repository where it is
   * @return what is to be kept with the image
   * @throws OciException SIGNATURE_VALIDATION_FAILED with the reason; of other kinds when a place
   *     of signatures cannot be reached
   */
  public Approval verify(
      ImageReference reference, Digest top, Digest instance, Repository repository) {
    Wanted wanted = wanted(reference);
    if (!wanted.rule().acceptsAnything()) {
      SignatureStores.Place place = SignatureStores.read(stores).of(reference);
      List<Digest> digests = Stream.of(instance, top).distinct().toList();
      FoundSignatures found = new FoundSignatures(place, reference, digests, repository);
      Judge judge = new Judge(Scopes.identity(reference), digests, found, clock.instant());
      for (int i = 0; i < wanted.keys().size(); i++) {
        try {
          judge.require(wanted.rule().requirements().get(i), wanted.keys().get(i));
        } catch (RejectedSignatureException e) {
          throw refused(reference.toString(), wanted.rule().scope(), e);
        }
      }
    }
    return new Approval(reference.toString(), wanted.fingerprint());
  }

  private Wanted wanted(ImageReference reference) {
    return Wanted.of(policy.read().rule(reference));
  }

  private OciException refused(String image, String scope, RejectedSignatureException e) {
    return new OciException(
        Kind.SIGNATURE_VALIDATION_FAILED,
        "image %s: %s (%s of %s)".formatted(image, e.getMessage(), scope, policy),
        e);
  }

  /** Whether an image that was approved under this reference still meets what is wanted now. */
  public boolean stillApproves(ImageReference reference, Collection<Approval> approvals) {
    List<Approval> own =
        approvals.stream()
            .filter(approval -> approval.reference().equals(reference.toString()))
            .toList();
    return !own.isEmpty()
        && own.contains(new Approval(reference.toString(), wanted(reference).fingerprint()));
  }

  /**
   * Checks an image that is here: that it has been approved, by any of its names, under what is
   * wanted now, or that nothing is wanted of one of its names.
   *
   * @param image for messages
   * @param names with tags or digests; without any, the policy's default counts
   * @throws OciException SIGNATURE_VALIDATION_FAILED
   */
  public void admit(String image, Collection<String> names, Collection<Approval> approvals) {
    SignaturePolicy now = policy.read();
    for (Approval approval : approvals) {
      ImageReference reference = ImageReference.parse(approval.reference());
      if (Wanted.of(now.rule(reference)).fingerprint().equals(approval.policy())) {
        return;
      }
    }
    List<SignaturePolicy.Rule> rules =
        names.isEmpty()
            ? List.of(now.nameless())
            : names.stream().map(ImageReference::parse).map(now::rule).toList();
    if (rules.stream().anyMatch(SignaturePolicy.Rule::acceptsAnything)) {
      return;
    }
    throw new OciException(
        Kind.SIGNATURE_VALIDATION_FAILED,
        "image %s has not been checked against what %s wants now (%s); pull it again"
            .formatted(image, policy, rules.getFirst().scope()));
  }
}
