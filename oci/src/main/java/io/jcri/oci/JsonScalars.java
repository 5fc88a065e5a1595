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
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The value types that are one JSON string, and {@code Optional}. */
final class JsonScalars {

  private static final Map<Class<?>, Function<String, Object>> PARSERS =
      Map.of(
          Instant.class, text -> OffsetDateTime.parse(text).toInstant(),
          Duration.class, Duration::parse,
          Path.class, Path::of,
          Digest.class, Digest::parse);

  static final TypeAdapterFactory STRINGS =
      new TypeAdapterFactory() {
        @Override
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          return PARSERS.entrySet().stream()
              .filter(entry -> entry.getKey() == type.getRawType() || isPath(entry.getKey(), type))
              .findFirst()
              .map(entry -> JsonScalars.<T>unchecked(new StringAdapter(entry.getValue())))
              .orElse(null);
        }
      };

  static final TypeAdapterFactory OPTIONALS =
      new TypeAdapterFactory() {
        @Override
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          if (type.getRawType() != Optional.class
              || !(type.getType() instanceof ParameterizedType parameterized)) {
            return null;
          }
          TypeToken<?> content = TypeToken.get(parameterized.getActualTypeArguments()[0]);
          return JsonScalars.<T>unchecked(new OptionalAdapter<>(gson.getAdapter(content)));
        }
      };

  /** Longs that are u64 of the same bits. */
  static final TypeAdapter<Long> UNSIGNED =
      new TypeAdapter<>() {
        @Override
        public void write(JsonWriter out, Long value) throws IOException {
          out.value(new BigInteger(Long.toUnsignedString(value)));
        }

        @Override
        public Long read(JsonReader in) throws IOException {
          return Long.parseUnsignedLong(in.nextString());
        }
      };

  /** Constants of enums as their toString has them; Gson's own adapter goes by their names. */
  static final TypeAdapterFactory CONSTANTS =
      new TypeAdapterFactory() {
        @Override
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          Class<? super T> raw = type.getRawType();
          if (!raw.isEnum()) {
            return null;
          }
          Map<String, Object> constants = new HashMap<>();
          for (Object constant : raw.getEnumConstants()) {
            constants.put(constant.toString(), constant);
          }
          return JsonScalars.<T>unchecked(
              new StringAdapter(text -> constant(constants, text, raw.getSimpleName())));
        }
      };

  private JsonScalars() {}

  private static Object constant(Map<String, Object> constants, String text, String type) {
    @Nullable Object constant = constants.get(text);
    if (constant == null) {
      throw new IllegalArgumentException("no " + type + " is \"" + text + "\"");
    }
    return constant;
  }

  /** The file system's own class implements Path; a value's runtime class asks for that one. */
  private static boolean isPath(Class<?> key, TypeToken<?> type) {
    return key == Path.class && Path.class.isAssignableFrom(type.getRawType());
  }

  @SuppressWarnings("unchecked")
  private static <T> TypeAdapter<T> unchecked(TypeAdapter<?> adapter) {
    return (TypeAdapter<T>) adapter;
  }

  private static final class StringAdapter extends TypeAdapter<@Nullable Object> {
    private final Function<String, Object> parser;

    StringAdapter(Function<String, Object> parser) {
      this.parser = parser;
    }

    @Override
    public void write(JsonWriter out, @Nullable Object value) throws IOException {
      out.value(value == null ? null : value.toString());
    }

    @Override
    public @Nullable Object read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      String text = in.nextString();
      try {
        return parser.apply(text);
      } catch (RuntimeException e) {
        throw new IOException(in.getPath() + ": " + e.getMessage(), e);
      }
    }
  }

  private static final class OptionalAdapter<E> extends TypeAdapter<@Nullable Object> {
    private final TypeAdapter<E> content;

    OptionalAdapter(TypeAdapter<E> content) {
      this.content = content;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void write(JsonWriter out, @Nullable Object value) throws IOException {
      if (value instanceof Optional<?> optional && optional.isPresent()) {
        content.write(out, (E) optional.get());
      } else {
        out.nullValue();
      }
    }

    @Override
    public Object read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return Optional.empty();
      }
      return Optional.ofNullable(content.read(in));
    }
  }
}
