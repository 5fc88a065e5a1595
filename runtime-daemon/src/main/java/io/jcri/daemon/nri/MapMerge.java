package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.Field;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Merges a map of which plugins set entries, or remove them by a mark before the key. */
final class MapMerge {
  private MapMerge() {}

  /** The map in the message that is being made. */
  record Target(BiConsumer<String, String> put, Consumer<String> remove) {}

  /**
   * Takes what one plugin wants.
   *
   * @param seen what the next plugin sees: removed entries are gone
   * @param collected all that plugins want: removals are marked
   * @throws JcriException FAILED_PRECONDITION when another plugin has set the same entry
   */
  static void merge(
      Claims claims, Field field, Map<String, String> wanted, Target seen, Target collected) {
    wanted.keySet().stream()
        .filter(RemovalMarks::removes)
        .map(RemovalMarks::key)
        .forEach(key -> {
          claims.clear(field, key);
          seen.remove().accept(key);
          collected.remove().accept(key);
          collected.put().accept(RemovalMarks.removal(key), "");
        });
    wanted.forEach((key, value) -> {
      if (!RemovalMarks.removes(key)) {
        claims.claim(field, key);
        seen.put().accept(key, value);
        collected.put().accept(key, value);
      }
    });
  }
}
