package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.jcri.oci.PlacePlan.Fields;
import io.jcri.oci.PlacePlan.Group;
import io.jcri.oci.PlacePlan.Part;
import io.jcri.oci.PlacePlan.Place;
import io.jcri.oci.PlacePlan.Slot;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records as {@link PlacedJson} has them. */
final class PlacedRecords {

  static final TypeAdapterFactory FACTORY =
      new TypeAdapterFactory() {
        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
          return type.getRawType().isRecord()
              ? (TypeAdapter<T>) new Adapter(new PlacePlan(type.getRawType(), gson))
              : null;
        }
      };

  /** What the absence of a value means, by type; that of a record is one of such. */
  private static final Map<Class<?>, Object> NOTHING =
      Map.ofEntries(
          Map.entry(List.class, List.of()),
          Map.entry(Map.class, Map.of()),
          Map.entry(String.class, ""),
          Map.entry(boolean.class, false),
          Map.entry(int.class, 0),
          Map.entry(long.class, 0L),
          Map.entry(BigInteger.class, BigInteger.ZERO));

  private PlacedRecords() {}

  /**
   * Whether a value is not written. No switch over types: its first run makes a class, on a pod's
   * way up.
   */
  static boolean isLeftOut(Slot slot, Object value) throws IOException {
    if (value instanceof List<?> list) {
      return list.isEmpty();
    }
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty();
    }
    if (!slot.sparse()) {
      return false;
    }
    if (value instanceof Record record) {
      return slot.adapter() instanceof Adapter records && records.isEmpty(record);
    }
    return NOTHING.containsValue(value);
  }

  private static final class Adapter extends TypeAdapter<@Nullable Record> {
    private final PlacePlan plan;

    Adapter(PlacePlan plan) {
      this.plan = plan;
    }

    private boolean isEmpty(Record value) throws IOException {
      return !plan.root().holds(plan.valuesOf(value));
    }

    @Override
    public void write(JsonWriter out, @Nullable Record value) throws IOException {
      if (value == null) {
        out.nullValue();
      } else {
        write(out, plan.root(), plan.valuesOf(value));
      }
    }

    private static void write(JsonWriter out, Group group, @Nullable Object[] values)
        throws IOException {
      out.beginObject();
      for (Map.Entry<String, Place> entry : group.places().entrySet()) {
        Place place = entry.getValue();
        if (place.holds(values)) {
          out.name(entry.getKey());
          if (place instanceof Group inner) {
            write(out, inner, values);
          } else if (place instanceof Slot slot) {
            write(out, slot, Objects.requireNonNull(values[slot.index()]));
          }
        }
      }
      out.endObject();
    }

    @SuppressWarnings("unchecked")
    private static void write(JsonWriter out, Slot slot, Object value) throws IOException {
      ((TypeAdapter<Object>) slot.adapter())
          .write(out, value instanceof Map<?, ?> map ? new TreeMap<>(map) : value);
    }

    @Override
    public @Nullable Record read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      @Nullable Object[] values = plan.values();
      read(in, plan.root(), values);
      return (Record) made(plan.fields(), values);
    }

    private static void read(JsonReader in, Group group, @Nullable Object[] values)
        throws IOException {
      in.beginObject();
      while (in.hasNext()) {
        String key = in.nextName();
        @Nullable Place place = group.places().get(key);
        if (place == null) {
          JsonBounded.skipUnknown(in);
        } else if (in.peek() == JsonToken.NULL) {
          in.nextNull();
        } else if (place instanceof Group inner) {
          read(in, inner, values);
        } else if (place instanceof Slot slot) {
          if (slot.holds(values)) {
            throw new IOException("\"" + key + "\" is twice at " + in.getPath());
          }
          values[slot.index()] = slot.adapter().read(in);
        }
      }
      in.endObject();
    }

    private static Object made(Fields fields, @Nullable Object[] values) throws IOException {
      @Nullable Object[] arguments = new @Nullable Object[fields.parts().size()];
      for (int i = 0; i < arguments.length; i++) {
        Part part = fields.parts().get(i);
        @Nullable Object value = part.isIn(values) ? present(part, values) : null;
        if (part.isOptional()) {
          arguments[i] = Optional.ofNullable(value);
        } else {
          arguments[i] = value == null ? nothing(part, values) : value;
        }
      }
      return JsonRecords.construct(fields.constructor(), arguments);
    }

    private static @Nullable Object present(Part part, @Nullable Object[] values)
        throws IOException {
      @Nullable Slot slot = part.slot();
      return slot != null
          ? values[slot.index()]
          : made(Objects.requireNonNull(part.fields()), values);
    }

    private static Object nothing(Part part, @Nullable Object[] values) throws IOException {
      @Nullable Object nothing = NOTHING.get(part.type());
      if (nothing != null) {
        return nothing;
      }
      @Nullable Fields among = part.fields();
      if (among != null) {
        return made(among, values);
      }
      @Nullable Slot slot = part.slot();
      if (slot != null && slot.adapter() instanceof Adapter records) {
        return made(records.plan.fields(), records.plan.values());
      }
      throw new IOException("nothing there for " + part.accessor().getName());
    }
  }
}
