package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of all files of a source together. Who knows what to do with one takes it away; what
 * is left in the end is for the {@link Rules}.
 */
final class Settings {
  private final Map<List<String>, Setting> all = new LinkedHashMap<>();

  /** Of two for one path the later counts. */
  void put(Setting setting) {
    // Anew, so that the order is that of where the values stand.
    all.remove(setting.path());
    all.put(setting.path(), setting);
  }

  /** A list that goes on in another file. */
  void append(Setting setting) {
    Setting before = all.get(setting.path());
    if (before == null
        || !(before.value() instanceof List<?> first)
        || !(setting.value() instanceof List<?> second)) {
      put(setting);
      return;
    }
    Set<Object> both = new LinkedHashSet<>(first);
    both.addAll(second);
    put(new Setting(setting.path(), setting.written(), List.copyOf(both), setting.origin()));
  }

  /** All of a table, which a later file has replaced. */
  void removeBelow(List<String> prefix) {
    all.keySet().removeIf(path -> startsWith(path, prefix));
  }

  Optional<Setting> get(String... path) {
    return Optional.ofNullable(all.get(List.of(path)));
  }

  Optional<Setting> take(String... path) {
    return Optional.ofNullable(all.remove(List.of(path)));
  }

  /** The names below a path that have settings, in the order of the files. */
  List<String> names(String... prefix) {
    List<String> start = List.of(prefix);
    Set<String> names = new LinkedHashSet<>();
    for (List<String> path : all.keySet()) {
      if (path.size() > start.size() && startsWith(path, start)) {
        names.add(path.get(start.size()));
      }
    }
    return List.copyOf(names);
  }

  /** Takes all that lies below a path. */
  List<Setting> takeBelow(String... prefix) {
    List<String> start = List.of(prefix);
    List<Setting> taken = all().stream().filter(one -> startsWith(one.path(), start)).toList();
    taken.forEach(one -> all.remove(one.path()));
    return taken;
  }

  List<Setting> all() {
    return new ArrayList<>(all.values());
  }

  private static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }
}
