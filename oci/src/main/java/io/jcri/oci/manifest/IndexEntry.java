package io.jcri.oci.manifest;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An entry of an index as it came. Indexes hold more than images that somebody can run: entries
 * without a media type, with an empty platform, of a kind that is not known here. Each is only
 * itself in the way of being run.
 */
record IndexEntry(
    Optional<String> mediaType,
    Optional<String> digest,
    long size,
    Optional<EntryPlatform> platform,
    Map<String, String> annotations) {

  /** Any part may be missing. */
  record EntryPlatform(
      Optional<String> os,
      Optional<String> architecture,
      Optional<String> variant,
      @Json.Name("os.version") Optional<String> osVersion) {

    /** Empty when it does not say what the image runs on. */
    Optional<Platform> platform() {
      return os.filter(name -> !name.isEmpty())
          .flatMap(name -> architecture.map(cpu -> new Platform(name, cpu, variant, osVersion)));
    }
  }

  /** Empty for one that cannot be an image. */
  Optional<Descriptor> descriptor() {
    Optional<Platform> known = platform.flatMap(EntryPlatform::platform);
    if (mediaType.isEmpty() || digest.isEmpty() || (platform.isPresent() && known.isEmpty())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Descriptor(
              mediaType.get(), Digest.parse(digest.get()), size, known, annotations, List.of()));
    } catch (OciException e) {
      return Optional.empty();
    }
  }
}
