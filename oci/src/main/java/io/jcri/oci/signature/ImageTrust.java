package io.jcri.oci.signature;

import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.util.Collection;
import java.util.Optional;

/**
 * What this node asks of images before it takes them. Thread-safe.
 *
 * @param signatures when there is a policy
 * @param verifiers when there are programs to ask
 */
public record ImageTrust(
    Optional<SignatureCheck> signatures, Optional<VerifierPrograms> verifiers) {

  /** Nothing is asked. */
  public static final ImageTrust ANYTHING = new ImageTrust(Optional.empty(), Optional.empty());

  /** Whether an image that is here need not be looked up again for this reference. */
  public boolean stillApproves(ImageReference reference, Collection<Approval> approvals) {
    return verifiers.isEmpty()
        && signatures.map(check -> check.stillApproves(reference, approvals)).orElse(true);
  }

  /**
   * Asks the programs about what a reference has been resolved to.
   *
   * @see VerifierPrograms#ask
   */
  public void ask(ImageReference reference, Descriptor top) {
    verifiers.ifPresent(programs -> programs.ask(reference, top));
  }

  /**
   * Checks an image that is here.
   *
   * @see SignatureCheck#admit
   */
  public void admit(String image, Collection<String> names, Collection<Approval> approvals) {
    signatures.ifPresent(check -> check.admit(image, names, approvals));
  }
}
