package io.jcri.oci.image;

import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;

/**
 * An image of an archive.
 *
 * @param names that it is tagged with
 * @param genuine whether the manifest is the one that a registry would have
 */
record ArchiveImage(Descriptor manifest, List<ImageReference> names, boolean genuine) {

  /** The same under names that somebody gives it: no registry has it by them. */
  ArchiveImage named(List<ImageReference> given) {
    return new ArchiveImage(manifest, given, false);
  }

  List<String> tags() {
    return names.stream()
        .flatMap(name -> name.tag().map(tag -> name.withTag(tag).toString()).stream())
        .distinct()
        .sorted()
        .toList();
  }

  List<String> digests() {
    return names.stream()
        .filter(name -> genuine)
        .map(name -> name.withDigestOnly(manifest.digest()).toString())
        .distinct()
        .sorted()
        .toList();
  }
}
