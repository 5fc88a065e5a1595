package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /**
   * The same images, each name on one of them only: the one whose record was written last, as it is
   * when a name is given. It may be on two when the record of one could not be read while the other
   * was given it, or the daemon died before it was taken from the one. When the images came says
   * nothing: a tag may go back to an older one.
   */
  static List<Image> distinct(Collection<ImageRecords.Written> images) {
    Set<String> taken = new HashSet<>();
    List<Image> all = new ArrayList<>(images.size());
    images.stream()
        .sorted(
            Comparator.comparing(ImageRecords.Written::at)
                .thenComparing(written -> written.image().created())
                .reversed()
                .thenComparing(written -> written.image().id()))
        .forEach(written -> all.add(take(written.image(), taken)));
    return all;
  }

  private static Image take(Image image, Set<String> taken) {
    List<String> tags = image.repoTags().stream().filter(taken::add).toList();
    List<String> digests = image.repoDigests().stream().filter(taken::add).toList();
    return tags.size() == image.repoTags().size() && digests.size() == image.repoDigests().size()
        ? image
        : image.withNames(tags, digests);
  }

  /** What an image is called that comes back: names that others were given meanwhile are theirs. */
  static Image untaken(Image image, Collection<Image> others) {
    Set<String> taken = new HashSet<>();
    for (Image other : others) {
      taken.addAll(other.repoTags());
      taken.addAll(other.repoDigests());
    }
    return take(image, taken);
  }

  /** The others that lose a name to its new owner, as they are without it. */
  static List<Image> losers(Collection<Image> images, Image owner) {
    Set<String> own = new HashSet<>(owner.repoTags());
    own.addAll(owner.repoDigests());
    return images.stream()
        .filter(other -> !other.id().equals(owner.id()))
        .filter(other ->
            other.repoTags().stream().anyMatch(own::contains)
                || other.repoDigests().stream().anyMatch(own::contains))
        .map(other -> take(other, new HashSet<>(own)))
        .toList();
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
