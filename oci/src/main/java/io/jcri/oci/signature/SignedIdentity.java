package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.Optional;

/**
 * Which name a signature must give to an image (containers-policy.json(5), "signedIdentity"). The
 * digest in the signature is compared elsewhere, whatever is wanted here.
 */
sealed interface SignedIdentity {

  /** The very same tag or digest. */
  record Exact() implements SignedIdentity {}

  /** The same tag; of an image that is asked for by digest the same repository. */
  record RepoDigestOrExact() implements SignedIdentity {}

  /** The same repository. */
  record SameRepository() implements SignedIdentity {}

  /** This one, whatever the image is called here. */
  record ExactReference(ImageReference wanted) implements SignedIdentity {}

  /**
   * One of this repository, whatever the image is called here.
   *
   * @param wanted with any tag
   */
  record ExactRepository(ImageReference wanted) implements SignedIdentity {}

  /** As {@link RepoDigestOrExact} after the image's name has got another beginning. */
  record Remap(String prefix, String signedPrefix) implements SignedIdentity {}

  /**
   * Whether the name in a signature is one for this image.
   *
   * @param image as it is asked for, with either a tag or a digest
   * @param signed as the signature has it
   */
  default boolean accepts(ImageReference image, String signed) {
    ImageReference name;
    try {
      name = ImageReference.parse(signed);
    } catch (OciException e) {
      return false;
    }
    boolean whole = !isNameOnly(signed, name);
    return switch (this) {
      case Exact() -> whole && name.equals(image);
      case RepoDigestOrExact() -> whole && isSame(image, name);
      case SameRepository() -> name.name().equals(image.name());
      case ExactReference(ImageReference wanted) -> whole && name.equals(wanted);
      case ExactRepository(ImageReference wanted) -> name.name().equals(wanted.name());
      case Remap(String prefix, String signedPrefix) ->
          whole
              && remapped(image, prefix, signedPrefix)
                  .filter(other -> isSame(other, name))
                  .isPresent();
    };
  }

  private static boolean isSame(ImageReference image, ImageReference signed) {
    return image.digest().isPresent() ? signed.name().equals(image.name()) : signed.equals(image);
  }

  private static Optional<ImageReference> remapped(
      ImageReference image, String prefix, String signedPrefix) {
    String name = image.name();
    if (!name.equals(prefix) && !name.startsWith(prefix + "/")) {
      return Optional.of(image);
    }
    try {
      String other = signedPrefix + image.toString().substring(prefix.length());
      ImageReference parsed = ImageReference.parse(other);
      // A prefix without a host must not become Docker Hub's.
      return Optional.of(parsed).filter(whole -> whole.toString().equals(other));
    } catch (OciException e) {
      return Optional.empty();
    }
  }

  /** Whether the tag is one that nobody has written. */
  static boolean isNameOnly(String text, ImageReference parsed) {
    return parsed.digest().isEmpty() && !text.endsWith(":" + parsed.tag().orElseThrow());
  }
}
