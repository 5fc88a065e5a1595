package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Gives images tags and takes them away, without a registry. Stateless. */
final class ImageNames {

  private static final Pattern IMAGE_ID = Pattern.compile("sha256:[0-9a-f]{64}");

  private ImageNames() {}

  /**
   * The full form of a tag that an operator gives, normalised as in a pull.
   *
   * @throws OciException INVALID when it is no name, or has a digest: that is not ours to give
   */
  static String tag(String name) {
    if (IMAGE_ID.matcher(name).matches()) {
      // It would be read as a repository of that name, and never be found.
      throw new OciException(OciException.Kind.INVALID, "an image ID is not a name: " + name);
    }
    ImageReference reference = ImageReference.parse(name);
    if (reference.digest().isPresent()) {
      throw new OciException(
          OciException.Kind.INVALID, "a digest is not given by hand, leave it out of " + name);
    }
    return reference.toString();
  }

  static Image with(Image image, String tag) {
    TreeSet<String> tags = new TreeSet<>(image.repoTags());
    tags.add(tag);
    return image.withNames(List.copyOf(tags), image.repoDigests());
  }

  static Image without(Image image, String tag) {
    return image.withNames(
        image.repoTags().stream().filter(t -> !t.equals(tag)).toList(), image.repoDigests());
  }
}
