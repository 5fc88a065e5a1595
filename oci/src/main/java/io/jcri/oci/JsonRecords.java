package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records by their canonical constructor. Gson's own record support hands null to components whose
 * key is absent, which would break what {@code @NullMarked} promises; this one gives empties, or
 * says which key is missing.
 */
final class JsonRecords {

  static final TypeAdapterFactory FACTORY =
      new TypeAdapterFactory() {
        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          Class<? super T> raw = type.getRawType();
          if (!raw.isRecord() || raw == Digest.class) {
            return null;
          }
          return (TypeAdapter<T>) new RecordAdapter<>(gson, (Class<Object>) raw);
        }
      };

  private JsonRecords() {}

  /** A component's key. */
  static String key(RecordComponent component) {
    Json.Name name = component.getAnnotation(Json.Name.class);
    return name == null ? component.getName() : name.value();
  }

  /** The canonical constructor. */
  static <R> Constructor<R> constructor(Class<R> type, Class<?>... parameters) {
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor", e);
    }
  }

  /** Builds a record; what its constructor throws is thrown. */
  static <R> R construct(Constructor<R> constructor, @Nullable Object[] values) throws IOException {
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IOException("cannot build " + constructor.getName(), e);
    } catch (ReflectiveOperationException e) {
      throw new IOException("cannot build " + constructor.getName(), e);
    }
  }

  /** Reads a component of a record. */
  static @Nullable Object get(Method accessor, Object value) throws IOException {
    try {
      return accessor.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IOException(
          "cannot read " + accessor.getName() + " of " + value.getClass().getSimpleName(), e);
    }
  }

  /** One component: its key, how to read it from a record, and what an absent key means. */
  private record Field(
      String key,
      Method accessor,
      Type type,
      boolean nullable,
      boolean once,
      Class<?> raw,
      TypeAdapter<Object> adapter) {

    @Nullable Object whenAbsent(String path) throws IOException {
      if (raw == List.class || raw == Collection.class) {
        return List.of();
      }
      if (raw == Map.class) {
        return Map.of();
      }
      if (raw == Set.class) {
        return Set.of();
      }
      if (raw == Optional.class) {
        return Optional.empty();
      }
      if (nullable) {
        return null;
      }
      if (raw == boolean.class) {
        return false;
      }
      if (raw == int.class) {
        return 0;
      }
      if (raw == long.class) {
        return 0L;
      }
      if (raw == double.class) {
        return 0.0;
      }
      throw new IOException("\"" + key + "\" is missing at " + path);
    }
  }

  private static final class RecordAdapter<R> extends TypeAdapter<@Nullable R> {
    private final Constructor<R> constructor;
    private final Map<String, Integer> index = new LinkedHashMap<>();
    private final Field[] fields;

    @SuppressWarnings("unchecked")
    RecordAdapter(Gson gson, Class<R> type) {
      RecordComponent[] components = type.getRecordComponents();
      this.fields = new Field[components.length];
      Class<?>[] parameters = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        RecordComponent component = components[i];
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        parameters[i] = component.getType();
        fields[i] =
            new Field(
                key(component),
                accessor,
                component.getGenericType(),
                component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                component.isAnnotationPresent(Json.Once.class),
                component.getType(),
                (TypeAdapter<Object>) gson.getAdapter(TypeToken.get(component.getGenericType())));
        index.put(fields[i].key, i);
      }
      this.constructor = constructor(type, parameters);
    }

    @Override
    public void write(JsonWriter out, @Nullable R value) throws IOException {
      if (value == null) {
        out.nullValue();
        return;
      }
      out.beginObject();
      for (Field field : fields) {
        Object component = get(field.accessor, value);
        if (component != null && !(component instanceof Optional<?> o && o.isEmpty())) {
          out.name(field.key);
          field.adapter.write(out, component);
        }
      }
      out.endObject();
    }

    @Override
    public @Nullable R read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      String path = in.getPath();
      @Nullable Object[] values = new @Nullable Object[fields.length];
      boolean[] seen = new boolean[fields.length];
      in.beginObject();
      while (in.hasNext()) {
        Integer i = index.get(in.nextName());
        if (i == null) {
          JsonBounded.skipUnknown(in);
          continue;
        }
        if (seen[i] && (fields[i].once || !JsonBounded.takesRepeats(in))) {
          throw new IOException("\"" + fields[i].key + "\" is twice at " + path);
        }
        seen[i] = true;
        if (in.peek() == JsonToken.NULL) {
          in.nextNull();
          values[i] = null;
        } else {
          values[i] = frozen(fields[i].adapter.read(in));
        }
      }
      in.endObject();
      for (int i = 0; i < fields.length; i++) {
        if (values[i] == null) {
          values[i] = fields[i].whenAbsent(path);
        }
      }
      return construct(constructor, values);
    }

    /** Null elements stay, so {@code List.copyOf} does not serve. */
    private static @Nullable Object frozen(@Nullable Object value) {
      return switch (value) {
        case List<?> list -> Collections.unmodifiableList(list);
        case Map<?, ?> map -> Collections.unmodifiableMap(map);
        case Set<?> set -> Collections.unmodifiableSet(set);
        case null -> null;
        default -> value;
      };
    }
  }
}
