package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The directories of a layer for which it has no entry, or not yet. Not thread-safe. */
final class ImplicitDirectories {

  private static final int MAX = 1 << 16;

  private final Set<String> paths = new HashSet<>();
  private final PendingNames names;

  /** Also those that are gone again: otherwise few bytes could keep us at work for days. */
  private int made;

  ImplicitDirectories(PendingNames names) {
    this.names = names;
  }

  /**
   * To be called before it is made.
   *
   * @throws io.jcri.oci.OciException INVALID when they are too many
   */
  void add(String path) {
    if (++made > MAX) {
      throw invalid("more than " + MAX + " directories without an entry of their own");
    }
    names.take(path);
    paths.add(path);
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  /** Says that there is an entry; returns whether it is the first. */
  boolean remove(String path) {
    if (!paths.remove(path)) {
      return false;
    }
    made--;
    names.giveBack(path);
    return true;
  }

  /** Forgets a directory that was deleted, and those in it. */
  void forget(String gone) {
    paths.removeIf(path -> path.equals(gone) || path.startsWith(gone + "/"));
  }

  /** Parents before children. */
  Set<String> sorted() {
    return new TreeSet<>(paths);
  }
}
