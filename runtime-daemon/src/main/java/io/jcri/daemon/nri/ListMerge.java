package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.Field;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Merges a list of things with a key each, which plugins set, or remove by a mark before the key;
 * one that is set again takes the old one's place.
 */
final class ListMerge<T> {
  private final Claims claims;
  private final Field field;
  private final Function<T, String> keyOf;
  private final Function<String, T> removal;

  /**
   * Merges what one plugin wants of one field.
   *
   * @param keyOf the key of a thing, marked or not
   * @param removal the thing that says, by its marked key, that another is removed
   */
  ListMerge(Claims claims, Field field, Function<T, String> keyOf, Function<String, T> removal) {
    this.claims = claims;
    this.field = field;
    this.keyOf = keyOf;
    this.removal = removal;
  }

  /**
   * Both lists after a merge.
   *
   * @param seen what the next plugin sees: removed things are gone
   * @param collected all that plugins want: removals are marked
   */
  record Merged<T>(List<T> seen, List<T> collected) {}

  /**
   * Takes what one plugin wants.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set one of the same key
   */
  Merged<T> merge(List<T> wanted, List<T> seen, List<T> collected) {
    Set<String> touched = new LinkedHashSet<>();
    List<T> added = new ArrayList<>();
    List<T> removals = new ArrayList<>();
    for (T one : wanted) {
      String key = keyOf.apply(one);
      touched.add(RemovalMarks.key(key));
      if (RemovalMarks.removes(key)) {
        claims.clear(field, RemovalMarks.key(key));
        removals.add(removal.apply(key));
      } else {
        added.add(one);
      }
    }
    added.forEach(one -> claims.claim(field, keyOf.apply(one)));
    List<T> seenNext = untouched(seen, touched);
    seenNext.addAll(added);
    List<T> collectedNext = untouched(collected, touched);
    collectedNext.addAll(removals);
    collectedNext.addAll(added);
    return new Merged<>(seenNext, collectedNext);
  }

  private List<T> untouched(List<T> before, Set<String> touched) {
    return new ArrayList<>(
        before.stream().filter(one -> !touched.contains(keyOf.apply(one))).toList());
  }
}
