package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps of strings, whose keys may come twice only where {@link Json#parseTolerant} reads. */
final class JsonMaps {

  static final TypeAdapterFactory FACTORY =
      new TypeAdapterFactory() {
        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          if (type.getRawType() != Map.class
              || !(type.getType() instanceof ParameterizedType map)
              || map.getActualTypeArguments()[0] != String.class) {
            return null;
          }
          TypeToken<?> value = TypeToken.get(map.getActualTypeArguments()[1]);
          return (TypeAdapter<T>)
              new MapAdapter(
                  (TypeAdapter<@Nullable Object>) gson.getAdapter(value),
                  gson.getDelegateAdapter(this, (TypeToken<Map<String, Object>>) type));
        }
      };

  private JsonMaps() {}

  private static final class MapAdapter extends TypeAdapter<@Nullable Map<String, Object>> {
    private final TypeAdapter<@Nullable Object> value;
    private final TypeAdapter<Map<String, Object>> strict;

    MapAdapter(TypeAdapter<@Nullable Object> value, TypeAdapter<Map<String, Object>> strict) {
      this.value = value;
      this.strict = strict;
    }

    @Override
    public void write(JsonWriter out, @Nullable Map<String, Object> map) throws IOException {
      strict.write(out, map);
    }

    @Override
    @SuppressWarnings("NullAway") // Values may be null, as with the adapter that is replaced.
    public @Nullable Map<String, Object> read(JsonReader in) throws IOException {
      if (!JsonBounded.takesRepeats(in)) {
        return strict.read(in);
      }
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      Map<String, Object> map = new LinkedHashMap<>();
      in.beginObject();
      while (in.hasNext()) {
        map.put(in.nextName(), value.read(in));
      }
      in.endObject();
      return map;
    }
  }
}
