package io.jcri.oci;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a JSON object that a record does not know, and those of the objects in it that are
 * records themselves: a later version's, kept to be written again. What lies in lists and maps is
 * not kept. Immutable.
 */
public final class JsonRest {

  /** Nothing but what is known. */
  public static final JsonRest NONE = new JsonRest(new JsonObject(), Map.of());

  private final JsonObject unknown;
  private final Map<String, JsonRest> below;

  private JsonRest(JsonObject unknown, Map<String, JsonRest> below) {
    this.unknown = unknown;
    this.below = below;
  }

  public boolean isEmpty() {
    return unknown.isEmpty() && below.isEmpty();
  }

  /** The same without a key that is known after all. */
  public JsonRest without(String key) {
    JsonObject fewer = unknown.deepCopy();
    return fewer.remove(key) == null ? this : new JsonRest(fewer, below);
  }

  /** Reads an object and skips what the type knows. */
  static JsonRest read(JsonReader in, Class<?> type, TypeAdapter<JsonElement> trees)
      throws IOException {
    Map<String, Class<?>> known = keys(type);
    JsonObject unknown = new JsonObject();
    Map<String, JsonRest> below = new LinkedHashMap<>();
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      @Nullable Class<?> content = known.get(key);
      if (content == null) {
        unknown.add(key, trees.read(in));
      } else if (content.isRecord() && in.peek() == JsonToken.BEGIN_OBJECT) {
        JsonRest rest = read(in, content, trees);
        if (!rest.isEmpty()) {
          below.put(key, rest);
        }
      } else {
        in.skipValue();
      }
    }
    in.endObject();
    return new JsonRest(unknown, below);
  }

  /** The type of what each key of a record holds. */
  private static Map<String, Class<?>> keys(Class<?> type) {
    Map<String, Class<?>> keys = new HashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      keys.put(JsonRecords.key(component), content(component.getGenericType()));
    }
    return keys;
  }

  private static Class<?> content(Type type) {
    boolean optional = type instanceof ParameterizedType && Json.raw(type) == Optional.class;
    return optional
        ? Json.raw(((ParameterizedType) type).getActualTypeArguments()[0])
        : Json.raw(type);
  }

  /** Adds all to the object that was made of a record; what it has itself counts. */
  void addTo(JsonObject object) {
    unknown
        .entrySet()
        .forEach(entry -> {
          if (!object.has(entry.getKey())) {
            object.add(entry.getKey(), entry.getValue());
          }
        });
    below.forEach((key, rest) -> {
      if (object.get(key) instanceof JsonObject inner) {
        rest.addTo(inner);
      }
    });
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonRest rest
        && unknown.equals(rest.unknown)
        && below.equals(rest.below);
  }

  @Override
  public int hashCode() {
    return Objects.hash(unknown, below);
  }

  @Override
  public String toString() {
    return unknown + " " + below;
  }
}
