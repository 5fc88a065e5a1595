package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of which every key must be one that was asked for, since one that is not known may be
 * meant to forbid something. Ask for all, then {@link #rejectUnknown}. Every failure is an {@link
 * OciException} INVALID that names the key. Used by one thread.
 */
final class StrictObject {

  private static final Set<String> NULLS = Set.of("", "~", "null");

  private static final int MAX_MESSAGE = 1000;

  private final Map<?, ?> values;
  private final String path;
  private final Set<String> asked = new HashSet<>();

  private StrictObject(Map<?, ?> values, String path) {
    this.values = values;
    this.path = path;
  }

  /**
   * Takes what should be an object.
   *
   * @param path where it is, with a dot at the end, or empty
   */
  static StrictObject of(@Nullable Object value, String path) {
    if (value instanceof Map<?, ?> map) {
      return new StrictObject(map, path);
    }
    String where = path.isEmpty() ? "it" : path.substring(0, path.length() - 1);
    throw new OciException(OciException.Kind.INVALID, line(where + " is not an object"));
  }

  OciException invalid(String key, String what) {
    String shown = key.length() > 200 ? key.substring(0, 200) + "..." : key;
    return new OciException(OciException.Kind.INVALID, line(path + shown + " " + what));
  }

  /** A message in one line of some length, whatever is quoted in it. */
  static String line(String message) {
    String cut =
        message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "..." : message;
    return cut.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  boolean has(String key) {
    asked.add(key);
    return values.containsKey(key);
  }

  /** Whether it is there and not null, as YAML writes it too. */
  boolean isSet(String key) {
    Object value = has(key) ? values.get(key) : null;
    return value != null && !(value instanceof String text && NULLS.contains(text));
  }

  String text(String key) {
    Object value = has(key) ? values.get(key) : "";
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw invalid(key, values.containsKey(key) ? "must be a string, not empty" : "is missing");
  }

  Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  Optional<Boolean> optionalFlag(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    // YAML's reader leaves every scalar a text.
    Object value = values.get(key);
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    if ("true".equals(value) || "false".equals(value)) {
      return Optional.of("true".equals(value));
    }
    throw invalid(key, "must be true or false");
  }

  /** None when the key is absent; else at least one. */
  Optional<List<String>> optionalTexts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      if (!(value instanceof String text) || text.isEmpty()) {
        throw invalid(key, "must be a list of strings, none of them empty");
      }
      texts.add(text);
    }
    return Optional.of(texts);
  }

  StrictObject object(String key) {
    return of(has(key) ? values.get(key) : null, path + key + ".");
  }

  Optional<StrictObject> optionalObject(String key) {
    return has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  /** A list of objects, at least one. */
  List<StrictObject> objects(String key) {
    List<StrictObject> objects = new ArrayList<>();
    for (Object value : list(key)) {
      objects.add(of(value, path + key + "[" + objects.size() + "]."));
    }
    return objects;
  }

  private List<?> list(String key) {
    if (has(key) && values.get(key) instanceof List<?> list && !list.isEmpty()) {
      return list;
    }
    throw invalid(key, "must be a list, not empty");
  }

  /** Every key there is; they count as asked for. */
  List<String> keys() {
    List<String> keys = values.keySet().stream().map(String::valueOf).toList();
    asked.addAll(keys);
    return keys;
  }

  void rejectUnknown() {
    for (Object key : values.keySet()) {
      if (!asked.contains(String.valueOf(key))) {
        throw invalid(String.valueOf(key), "is not known");
      }
    }
  }
}
