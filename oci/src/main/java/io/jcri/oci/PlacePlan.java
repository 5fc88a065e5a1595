package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the components of a record lie in a document: objects with their keys, and for every key
 * that holds a value a slot. Made once for a class; thread-safe then.
 */
final class PlacePlan {

  /** A place in the document. */
  sealed interface Place {
    /** Whether anything is to be written here. */
    boolean holds(@Nullable Object[] values);
  }

  /** An object of the document that is no record. */
  record Group(Map<String, Place> places) implements Place {
    @Override
    public boolean holds(@Nullable Object[] values) {
      for (Place place : places.values()) {
        if (place.holds(values)) {
          return true;
        }
      }
      return false;
    }
  }

  /** A value. What maps it is made when it is needed: most containers lack most of the values. */
  static final class Slot implements Place {
    private final int index;
    private final boolean sparse;
    private final Gson gson;
    private final Type type;
    private volatile @Nullable TypeAdapter<?> adapter;

    Slot(int index, Type type, PlacedJson.@Nullable Placed placed, Gson gson) {
      this.index = index;
      this.type = type;
      this.sparse = placed != null && placed.sparse();
      this.gson = gson;
      this.adapter = placed != null && placed.unsigned() ? JsonScalars.UNSIGNED : null;
    }

    int index() {
      return index;
    }

    /** Left out while it is empty. */
    boolean sparse() {
      return sparse;
    }

    /** Two threads may make one each, which does no harm. */
    TypeAdapter<?> adapter() {
      TypeAdapter<?> made = adapter;
      if (made == null) {
        made = gson.getAdapter(TypeToken.get(type));
        adapter = made;
      }
      return made;
    }

    @Override
    public boolean holds(@Nullable Object[] values) {
      return values[index] != null;
    }
  }

  /** A component: it has a slot, or its own components have. */
  record Part(Method accessor, Class<?> type, @Nullable Slot slot, @Nullable Fields fields) {
    boolean isOptional() {
      return type == Optional.class;
    }

    /** Whether anything of it was read. */
    boolean isIn(@Nullable Object[] values) {
      return slot != null
          ? slot.holds(values)
          : Objects.requireNonNull(fields).parts.stream().anyMatch(part -> part.isIn(values));
    }
  }

  /** The components of a record. */
  record Fields(Constructor<?> constructor, List<Part> parts) {}

  private final Group root = new Group(new LinkedHashMap<>());
  private final Fields fields;
  private int slots;

  PlacePlan(Class<?> type, Gson gson) {
    this.fields = fields(type, gson);
  }

  Group root() {
    return root;
  }

  Fields fields() {
    return fields;
  }

  /** Room for a value in each slot. */
  @Nullable Object[] values() {
    return new @Nullable Object[slots];
  }

  /** What is to be written of a record, by slot. */
  @Nullable Object[] valuesOf(Object value) throws IOException {
    @Nullable Object[] values = values();
    fill(values, fields, value);
    return values;
  }

  private static void fill(@Nullable Object[] values, Fields fields, Object record)
      throws IOException {
    for (Part part : fields.parts) {
      @Nullable Object value = JsonRecords.get(part.accessor, record);
      value = value instanceof Optional<?> optional ? optional.orElse(null) : value;
      if (value == null) {
        continue;
      }
      @Nullable Slot slot = part.slot;
      if (slot == null) {
        fill(values, Objects.requireNonNull(part.fields), value);
      } else if (!PlacedRecords.isLeftOut(slot, value)) {
        values[slot.index] = value;
      }
    }
  }

  private Fields fields(Class<?> type, Gson gson) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] parameters = new Class<?>[components.length];
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      parameters[i] = components[i].getType();
      parts.add(part(components[i], gson));
    }
    return new Fields(JsonRecords.constructor(type, parameters), List.copyOf(parts));
  }

  private Part part(RecordComponent component, Gson gson) {
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    PlacedJson.@Nullable Placed placed = component.getAnnotation(PlacedJson.Placed.class);
    String place = placed == null ? "" : placed.value();
    Type content = content(component);
    if (place.equals(PlacedJson.AMONG)) {
      return new Part(accessor, component.getType(), null, fields(Json.raw(content), gson));
    }
    Slot slot = new Slot(slots++, content, placed, gson);
    String[] keys = (place.isEmpty() ? component.getName() : place).split("\\.", -1);
    Group group = root;
    for (int i = 0; i < keys.length - 1; i++) {
      group = (Group) group.places.computeIfAbsent(keys[i], _ -> new Group(new LinkedHashMap<>()));
    }
    if (group.places.put(keys[keys.length - 1], slot) != null) {
      throw new IllegalStateException(component + " is where another is");
    }
    return new Part(accessor, component.getType(), slot, null);
  }

  /** What an optional holds, or the type itself. */
  private static Type content(RecordComponent component) {
    return component.getType() == Optional.class
            && component.getGenericType() instanceof ParameterizedType optional
        ? optional.getActualTypeArguments()[0]
        : component.getGenericType();
  }
}
