package io.jcri.oci.signature;

/** One thing that a policy wants of an image (containers-policy.json(5), "POLICY REQUIREMENTS"). */
sealed interface Requirement {

  /** Nothing. */
  record AcceptAnything() implements Requirement {}

  /** What no image has. */
  record Reject() implements Requirement {}

  /** A GPG signature by one of the keys. */
  record SignedBy(KeySource keys, SignedIdentity identity) implements Requirement {}

  /** A sigstore signature by one of the keys. */
  record SigstoreSigned(KeySource keys, SignedIdentity identity) implements Requirement {}

  /**
   * What is not carried out here: no image meets it.
   *
   * @param what such as {@code sigstoreSigned with fulcio}
   */
  record Unsupported(String what) implements Requirement {}
}
