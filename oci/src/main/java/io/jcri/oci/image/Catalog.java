package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/** The images at one moment, by ID and by name. Immutable. */
final class Catalog {

  static final Catalog EMPTY = new Catalog(new TreeMap<>());

  /** Shorter prefixes of IDs are not looked up. */
  private static final int MIN_PREFIX = 3;

  private final NavigableMap<String, Image> byId;
  private final Map<String, Image> byName = new HashMap<>();
  private final long weight;

  private Catalog(NavigableMap<String, Image> byId) {
    this.byId = byId;
    this.weight = byId.values().stream().mapToLong(Image::weight).sum();
    for (Image image : byId.values()) {
      image.repoTags().forEach(name -> byName.put(name, image));
      image.repoDigests().forEach(name -> byName.put(name, image));
    }
  }

  Collection<Image> images() {
    return byId.values();
  }

  /** About how many bytes of memory its images take. */
  long weight() {
    return weight;
  }

  static Catalog of(Collection<Image> images) {
    NavigableMap<String, Image> byId = new TreeMap<>();
    images.forEach(image -> byId.put(image.id(), image));
    return new Catalog(byId);
  }

  Catalog with(Image image) {
    NavigableMap<String, Image> next = new TreeMap<>(byId);
    next.put(image.id(), image);
    return new Catalog(next);
  }

  Catalog without(String id) {
    NavigableMap<String, Image> next = new TreeMap<>(byId);
    next.remove(id);
    return new Catalog(next);
  }

  Optional<Image> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * By ID with or without algorithm, by name in any form, by name and digest, or by a prefix of the
   * ID that only one has.
   */
  Optional<Image> find(String text) {
    Image exact = byId.get(text.startsWith("sha256:") ? text : "sha256:" + text);
    if (exact != null) {
      return Optional.of(exact);
    }
    return named(text).or(() -> prefixed(text));
  }

  private Optional<Image> named(String text) {
    return name(text).map(byName::get);
  }

  /** The full name that a name in any form stands for. */
  static Optional<String> name(String text) {
    try {
      ImageReference reference = ImageReference.parse(text);
      return Optional.of(
          reference
              .digest()
              .map(digest -> reference.withDigestOnly(digest).toString())
              .orElse(reference.toString()));
    } catch (OciException e) {
      return Optional.empty();
    }
  }

  private Optional<Image> prefixed(String text) {
    return withPrefix(text, byId.navigableKeySet()).map(byId::get);
  }

  /** The only ID with a prefix. */
  static Optional<String> withPrefix(String text, NavigableSet<String> ids) {
    String prefix = text.startsWith("sha256:") ? text : "sha256:" + text;
    if (prefix.length() < "sha256:".length() + MIN_PREFIX) {
      return Optional.empty();
    }
    var candidates = ids.subSet(prefix, true, prefix + Character.MAX_VALUE, true);
    return candidates.size() == 1 ? Optional.of(candidates.first()) : Optional.empty();
  }
}
