package io.jcri.daemon.image;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the names of images stand for on this node. A short name may stand for several, which are
 * tried in turn. Thread-safe.
 */
final class NameSearch {
  private final Supplier<Optional<RegistriesConf>> registries;

  /**
   * @param registries when this node has such a file; else short names are Docker Hub's
   */
  NameSearch(Supplier<Optional<RegistriesConf>> registries) {
    this.registries = registries;
  }

  private List<ImageReference> candidates(String name) {
    return registries
        .get()
        .map(conf -> conf.candidates(name))
        .orElseGet(() -> List.of(ImageReference.parse(name)));
  }

  /** What is to be done with an image of some name. */
  interface Attempt<T, X extends Exception> {
    T with(ImageReference reference) throws X;
  }

  /**
   * Does it with the first that works.
   *
   * @throws OciException that of the last, told of the others'
   */
  <T, X extends Exception> T first(String name, Attempt<T, X> attempt) throws X {
    List<ImageReference> candidates = candidates(name);
    StringBuilder before = new StringBuilder();
    for (ImageReference candidate : candidates.subList(0, candidates.size() - 1)) {
      try {
        return attempt.with(candidate);
      } catch (OciException e) {
        if (!isOfTheRegistry(e.kind())) {
          throw e;
        }
        before.append(e.getMessage()).append("; ");
      }
    }
    try {
      return attempt.with(candidates.getLast());
    } catch (OciException e) {
      throw before.isEmpty() ? e : new OciException(e.kind(), before + e.getMessage(), e);
    }
  }

  private static boolean isOfTheRegistry(Kind kind) {
    return switch (kind) {
      case NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE, FAILED_PRECONDITION -> true;
      // An image that is not trusted must not make another come in its place.
      case INVALID,
          RESOURCE_EXHAUSTED,
          DATA_LOSS,
          SIGNATURE_VALIDATION_FAILED,
          DEADLINE_EXCEEDED,
          CANCELLED,
          INTERNAL ->
          false;
    };
  }

  /** The image of this name, id, digest or unique prefix of an id. */
  Optional<Image> find(ImageStore store, String name) {
    return store.find(known(store, name));
  }

  /** The name in the form under which the store has an image; else as it is. */
  String known(ImageStore store, String name) {
    if (registries.get().isEmpty()) {
      return name;
    }
    return knownCandidates(name).stream()
        .map(ImageReference::toString)
        .filter(candidate -> store.find(candidate).isPresent())
        .findFirst()
        .orElse(name);
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
