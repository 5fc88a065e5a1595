package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An object of a specification file, read by type: in YAML it is the reader's wish that makes
 * {@code 0} a name or a number. A key that nobody asks for is an error, since it may be a limit
 * that a newer specification has. Used by one thread.
 */
final class Fields {
  private final Map<?, ?> values;
  private final String path;
  private final Set<String> asked = new HashSet<>();

  private Fields(Map<?, ?> values, String path) {
    this.values = values;
    this.path = path;
  }

  /** Reads the whole document. */
  static <T> T read(@Nullable Object document, Function<Fields, T> reader) {
    if (document instanceof Map<?, ?> map) {
      return read(map, "", reader);
    }
    throw new OciException(OciException.Kind.INVALID, "is not an object");
  }

  private static <T> T read(Map<?, ?> map, String path, Function<Fields, T> reader) {
    Fields fields = new Fields(map, path);
    T result = reader.apply(fields);
    for (Object key : map.keySet()) {
      if (!fields.asked.contains(String.valueOf(key))) {
        throw fields.invalid(String.valueOf(key), "is not known");
      }
    }
    return result;
  }

  OciException invalid(String key, String what) {
    return new OciException(OciException.Kind.INVALID, path + key + " " + what);
  }

  private @Nullable Object value(String key) {
    asked.add(key);
    Object value = values.get(key);
    return "".equals(value) || "null".equals(value) || "~".equals(value) ? null : value;
  }

  /** Empty when it is absent. */
  String text(String key) {
    Object value = value(key);
    if (value instanceof Map || value instanceof List) {
      throw invalid(key, "must be a string");
    }
    return value == null ? "" : value.toString();
  }

  String required(String key) {
    String text = text(key);
    if (text.isEmpty()) {
      throw invalid(key, "must not be empty");
    }
    return text;
  }

  /** As Go reads numbers: a leading 0 or 0o is octal, 0x hexadecimal. */
  Optional<Long> number(String key, long least, long most) {
    Object value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    long number = parse(key, value.toString());
    if (number < least || number > most) {
      throw invalid(key, "is %d but must be from %d to %d".formatted(number, least, most));
    }
    return Optional.of(number);
  }

  private long parse(String key, String text) {
    try {
      if (text.startsWith("0o")) {
        return Long.parseLong(text.substring(2), 8);
      }
      if (text.startsWith("0x")) {
        return Long.parseLong(text.substring(2), 16);
      }
      return text.length() > 1 && text.startsWith("0")
          ? Long.parseLong(text, 8)
          : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw invalid(key, "is \"" + text + "\" but must be a number");
    }
  }

  boolean flag(String key) {
    String text = text(key);
    if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
      throw invalid(key, "must be true or false");
    }
    return text.equals("true");
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object element : list(key)) {
      if (element == null || element instanceof Map || element instanceof List) {
        throw invalid(key, "must be a list of strings");
      }
      texts.add(element.toString());
    }
    return List.copyOf(texts);
  }

  Map<String, String> textMap(String key) {
    return object(
            key,
            fields -> {
              Map<String, String> texts = new LinkedHashMap<>();
              for (Object name : fields.values.keySet()) {
                texts.put(String.valueOf(name), fields.text(String.valueOf(name)));
              }
              return Map.copyOf(texts);
            })
        .orElse(Map.of());
  }

  <T> Optional<T> object(String key, Function<Fields, T> reader) {
    Object value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map<?, ?> map) {
      return Optional.of(read(map, path + key + ".", reader));
    }
    throw invalid(key, "must be an object");
  }

  <T> List<T> objects(String key, Function<Fields, T> reader) {
    List<T> objects = new ArrayList<>();
    for (Object element : list(key)) {
      if (!(element instanceof Map<?, ?> map)) {
        throw invalid(key, "must be a list of objects");
      }
      objects.add(read(map, "%s%s[%d].".formatted(path, key, objects.size()), reader));
    }
    return List.copyOf(objects);
  }

  private List<?> list(String key) {
    Object value = value(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw invalid(key, "must be a list");
  }
}
