package io.jcri.oci.snapshot;

import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layers whose records cannot be read: torn, of a newer version, on a bad sector. Nobody can start
 * anything on them, but what runs may stand on them, and goes on after a restart. So they stay, in
 * their places or, when the same layer was brought again, set aside. Thread-safe.
 */
final class DamagedLayers {

  private static final Pattern ASIDE = Pattern.compile("kept-((?:chain-)?[0-9a-f]{64})-.+");

  private final Path root;
  private final Set<String> inPlace = ConcurrentHashMap.newKeySet();
  private final Map<String, List<Path>> aside = new HashMap<>();

  /** Guards {@link #aside}. */
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * @param root of the layers
   */
  DamagedLayers(Path root) {
    this.root = root;
  }

  /** Takes in what an earlier daemon has set aside; false when it is something else. */
  boolean found(Path directory) {
    Matcher name = ASIDE.matcher(String.valueOf(directory.getFileName()));
    if (!name.matches()) {
      return false;
    }
    addAside(name.group(1), directory);
    return true;
  }

  void addAside(String key, Path directory) {
    lock.lock();
    try {
      aside.computeIfAbsent(key, _ -> new ArrayList<>()).add(directory);
    } finally {
      lock.unlock();
    }
  }

  /** Says that the layer in the key's place cannot be read; false when that is known. */
  boolean addInPlace(String key) {
    return inPlace.add(key);
  }

  /** Says that the layer in the key's place can be read, or that there is none any more. */
  void removeInPlace(String key) {
    inPlace.remove(key);
  }

  boolean isInPlace(String key) {
    return inPlace.contains(key);
  }

  /** The keys of those in their places; changes while it is looked at. */
  Set<String> inPlace() {
    return inPlace;
  }

  /** A layer to mount again, of which nothing but the tree is known. */
  Optional<Layer> toMount(String key) {
    List<Path> places = new ArrayList<>();
    places.add(root.resolve(key));
    lock.lock();
    try {
      places.addAll(aside.getOrDefault(key, List.of()));
    } finally {
      lock.unlock();
    }
    return places.stream()
        .map(place -> place.resolve("diff"))
        .filter(Files::isDirectory)
        .findFirst()
        .map(tree -> new Layer(key, tree, DiskUsage.NONE, false, false));
  }

  boolean hasAside() {
    lock.lock();
    try {
      return !aside.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets those set aside whose keys are not in the set, and returns where they are. */
  List<Path> takeAsideUnless(Set<String> keys) {
    List<Path> taken = new ArrayList<>();
    lock.lock();
    try {
      aside
          .entrySet()
          .removeIf(entry -> !keys.contains(entry.getKey()) && taken.addAll(entry.getValue()));
    } finally {
      lock.unlock();
    }
    return taken;
  }
}
