package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.ImageReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The images at one moment, by ID and by name. Immutable. */
final class Catalog {

  static final Catalog EMPTY = new Catalog(new TreeMap<>());

  /** Shorter prefixes of IDs are not looked up. */
  private static final int MIN_PREFIX = 3;

  private final NavigableMap<String, Image> byId;
  private final Map<String, Image> byName = new HashMap<>();

  private Catalog(NavigableMap<String, Image> byId) {
    this.byId = byId;
    for (Image image : byId.values()) {
      image.repoTags().forEach(name -> byName.put(name, image));
      image.repoDigests().forEach(name -> byName.put(name, image));
    }
  }

  Collection<Image> images() {
    return byId.values();
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
    ImageReference reference;
    try {
      reference = ImageReference.parse(text);
    } catch (OciException e) {
      return Optional.empty();
    }
    String name =
        reference
            .digest()
            .map(digest -> reference.withDigestOnly(digest).toString())
            .orElse(reference.toString());
    return Optional.ofNullable(byName.get(name));
  }

  private Optional<Image> prefixed(String text) {
    String prefix = text.startsWith("sha256:") ? text : "sha256:" + text;
    if (prefix.length() < "sha256:".length() + MIN_PREFIX) {
      return Optional.empty();
    }
    var candidates = byId.subMap(prefix, true, prefix + Character.MAX_VALUE, true).values();
    return candidates.size() == 1 ? candidates.stream().findFirst() : Optional.empty();
  }
}
