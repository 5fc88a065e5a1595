package io.jcri.oci.distribution.config;

import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One {@code [[registry]]} of registries.conf: what becomes of the names that begin with a prefix.
 *
 * @param prefix {@code host[:port][/path][:tag|@digest]}, or {@code *.domain} for all hosts below
 * @param place where the names are really
 * @param mirrors to be asked before, in order
 */
record RegistryEntry(String prefix, Place place, boolean blocked, List<Mirror> mirrors) {

  /**
   * Where names are instead of at their prefix.
   *
   * @param location {@code host[:port][/path]}; empty for where the name says
   * @param insecure whether certificates are not checked, and plain http is tried too
   */
  record Place(String location, boolean insecure) {}

  /** A mirror and the references that it is asked for. */
  record Mirror(Place place, Use use) {
    boolean serves(ImageReference reference) {
      return switch (use) {
        case ALL -> true;
        case DIGEST_ONLY -> reference.digest().isPresent();
        case TAG_ONLY -> reference.digest().isEmpty();
      };
    }
  }

  /** What a mirror is asked for. */
  enum Use {
    ALL,
    DIGEST_ONLY,
    TAG_ONLY;

    /** As the file has it, such as {@code digest-only}. */
    static Optional<Use> of(String text) {
      for (Use use : values()) {
        if (use.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
          return Optional.of(use);
        }
      }
      return Optional.empty();
    }
  }

  /** A repository at a host. */
  record Target(String registry, String repository) {}

  /** How much of the reference the prefix covers; 0 when it is not meant. */
  int covers(ImageReference reference) {
    String text = reference.toString();
    int end = prefix.startsWith("*.") ? underDomain(reference) : prefix.length();
    if (end == 0 || end > text.length()) {
      return 0;
    }
    if (!prefix.startsWith("*.") && !text.startsWith(prefix)) {
      return 0;
    }
    if (end == text.length()) {
      return end;
    }
    char next = text.charAt(end);
    // Behind a host, a colon begins its port: that is another host.
    boolean colon = next == ':' && end > reference.registry().length();
    return next == '/' || next == '@' || colon ? end : 0;
  }

  /** The host's length when it, or the prefix with its path, lies below the domain. */
  private int underDomain(ImageReference reference) {
    int slash = prefix.indexOf('/');
    String domain = slash < 0 ? prefix.substring(1) : prefix.substring(1, slash);
    String path = slash < 0 ? "" : prefix.substring(slash);
    boolean below = reference.registry().endsWith(domain);
    int end = reference.registry().length() + path.length();
    return below && reference.toString().startsWith(reference.registry() + path) ? end : 0;
  }

  /** Where a reference that the prefix covers is at a place; empty when the place has no path. */
  Optional<Target> at(Place where, ImageReference reference) {
    if (where.location.isEmpty()) {
      return Optional.of(new Target(reference.registry(), reference.repository()));
    }
    String name = reference.name();
    String whole = where.location + name.substring(Math.min(covers(reference), name.length()));
    int slash = whole.indexOf('/');
    return slash < 0 || slash == whole.length() - 1
        ? Optional.empty()
        : Optional.of(new Target(whole.substring(0, slash), whole.substring(slash + 1)));
  }
}
