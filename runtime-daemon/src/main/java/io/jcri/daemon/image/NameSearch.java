package io.jcri.daemon.image;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.RegistriesConf;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the names of images stand for on this node. A short name may stand for several, which are
 * tried in turn. Thread-safe.
 */
final class ImageNames {
  private final Optional<RegistriesConf> registries;

  /**
   * @param registries when this node has such a file; else short names are Docker Hub's
   */
  ImageNames(Optional<RegistriesConf> registries) {
    this.registries = registries;
  }

  private List<ImageReference> candidates(String name) {
    return registries
        .map(conf -> conf.candidates(name))
        .orElseGet(() -> List.of(ImageReference.parse(name)));
  }

  /**
   * Does it with the first that works.
   *
   * @throws OciException that of the last, told of the others'
   */
  <T> T first(String name, Function<ImageReference, T> action) {
    List<ImageReference> candidates = candidates(name);
    StringBuilder before = new StringBuilder();
    for (ImageReference candidate : candidates.subList(0, candidates.size() - 1)) {
      try {
        return action.apply(candidate);
      } catch (OciException e) {
        if (!isOfTheRegistry(e.kind())) {
          throw e;
        }
        before.append(e.getMessage()).append("; ");
      }
    }
    try {
      return action.apply(candidates.getLast());
    } catch (OciException e) {
      throw before.isEmpty() ? e : new OciException(e.kind(), before + e.getMessage(), e);
    }
  }

  private static boolean isOfTheRegistry(Kind kind) {
    return switch (kind) {
      case NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE, FAILED_PRECONDITION -> true;
      case INVALID, RESOURCE_EXHAUSTED, DATA_LOSS, DEADLINE_EXCEEDED, CANCELLED, INTERNAL -> false;
    };
  }

  /** The image of this name, id, digest or unique prefix of an id. */
  Optional<Image> find(ImageStore store, String name) {
    if (registries.isPresent()) {
      for (ImageReference candidate : knownCandidates(name)) {
        Optional<Image> found = store.find(candidate.toString());
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return store.find(name);
  }

  /** None for an id, or for what stands for nothing. */
  private List<ImageReference> knownCandidates(String name) {
    try {
      return candidates(name);
    } catch (OciException e) {
      return List.of();
    }
  }
}
